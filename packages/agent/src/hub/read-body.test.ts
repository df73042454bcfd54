import { Readable } from "node:stream";
import { isAppError } from "@inkube/api";
import { expect, it } from "vitest";
import { mostBodyBytes, readBody } from "./read-body.ts";

it("reads a body of the most bytes", async () => {
  const half = Buffer.alloc(mostBodyBytes / 2, "x");
  expect((await readBody(Readable.from([half, half]))).length).toBe(mostBodyBytes);
});

it("reads no more of one that does not end, and lets it go", async () => {
  let sent = 0;
  const endless = new Readable({
    read() {
      sent += 1;
      this.push(Buffer.alloc(64 * 1024));
    },
  });
  const refused = await readBody(endless).catch((error: unknown) => error);
  expect(isAppError(refused, "TOO_LARGE")).toBe(true);
  expect(endless.destroyed).toBe(true);
  expect(sent).toBeLessThan(60);
});
