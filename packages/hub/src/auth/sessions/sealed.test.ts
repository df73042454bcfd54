import { randomBytes } from "node:crypto";
import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createSealer } from "./sealed.ts";

const key = randomBytes(32);
const made = (clock = new FakeClock(), bytes: Uint8Array = key) => ({
  clock,
  sealer: createSealer(async () => bytes, clock),
});

describe("a sealed box", () => {
  it("is opened by another replica with the same key, and shows nothing on the way", async () => {
    const { sealer, clock } = made();
    const box = await sealer.seal("sign-in", { verifier: "hush" }, 60_000);
    expect(Buffer.from(box.split(".")[3] ?? "", "base64url").toString()).not.toContain("hush");
    expect(await made(clock).sealer.open("sign-in", box)).toEqual({ verifier: "hush" });
  });

  it("stays shut for another purpose, another key, and after its time", async () => {
    const { sealer, clock } = made();
    const box = await sealer.seal("sign-in", { a: 1 }, 60_000);
    expect(await sealer.open("cli-code", box)).toBeUndefined();
    expect(await made(clock, randomBytes(32)).sealer.open("sign-in", box)).toBeUndefined();
    clock.jump(59_000);
    expect(await sealer.open("sign-in", box)).toEqual({ a: 1 });
    clock.jump(2_000);
    expect(await sealer.open("sign-in", box)).toBeUndefined();
  });

  it("stays shut when any part of it was changed", async () => {
    const { sealer } = made();
    const parts = (await sealer.seal("sign-in", { a: 1 }, 60_000)).split(".");
    for (const index of [0, 2, 3, 4]) {
      const part = parts[index] ?? "";
      const changed = parts.with(index, (part.startsWith("A") ? "B" : "A") + part.slice(1)).join(".");
      expect(await sealer.open("sign-in", changed), `part ${index}`).toBeUndefined();
    }
    expect(await sealer.open("sign-in", "")).toBeUndefined();
    expect(await sealer.open("sign-in", "a.b.c.d.e")).toBeUndefined();
  });
});
