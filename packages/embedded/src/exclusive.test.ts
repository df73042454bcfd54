import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exclusively } from "./exclusive.ts";

const key = (name: string) => `test ${process.pid} ${name}`;

describe("exclusive work", () => {
  it("never overlaps under one key", async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => exclusively(key("overlap"), work)));
    expect(most).toBe(1);
  });

  it("goes on side by side under different keys", async () => {
    const order: string[] = [];
    await exclusively(key("outer"), async () => {
      await exclusively(key("inner"), async () => void order.push("inner"));
      order.push("outer");
    });
    expect(order).toEqual(["inner", "outer"]);
  });

  it("is free again after a failure", async () => {
    const failing = exclusively(key("failure"), () => Promise.reject(new Error("broken")));
    await expect(failing).rejects.toThrow("broken");
    expect(await exclusively(key("failure"), async () => "done")).toBe("done");
  });

  it("is free again when its holder was killed without a chance to clean up", async () => {
    const name = key("killed");
    const program = `
      import { exclusively } from ${JSON.stringify(join(import.meta.dirname, "exclusive.ts"))};
      await exclusively(${JSON.stringify(name)}, async () => {
        process.stdout.write("held");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      });`;
    const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
    await once(holder.stdout, "data");
    let waited = false;
    const onWait = () => {
      waited = true;
      holder.kill("SIGKILL");
    };
    expect(await exclusively(name, async () => "mine", { onWait })).toBe("mine");
    expect(waited).toBe(true);
  });

  it("stops waiting when it is told to", async () => {
    const abort = new AbortController();
    await exclusively(key("abort"), async () => {
      const waiting = exclusively(key("abort"), async () => "never", {
        onWait: () => abort.abort(),
        signal: abort.signal,
      });
      await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    });
  });
});
