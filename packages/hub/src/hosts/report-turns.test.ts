import { describe, expect, it } from "vitest";
import { createTurns } from "./report-turns.ts";

const never = new AbortController().signal;

/** Works for parties; what has begun is in `begun`, and each goes on until it is told to end. */
function scene(atOnce: number) {
  const turns = createTurns(atOnce);
  const begun: string[] = [];
  const open = new Map<string, PromiseWithResolvers<string>>();
  return {
    begun,
    /** Lets go what is called `party-work`, and waits until everybody has heard of it. */
    async end(name: string) {
      open.get(name)?.resolve(name);
      await new Promise(setImmediate);
    },
    async fail(name: string) {
      open.get(name)?.reject(new Error(name));
      await new Promise(setImmediate);
    },
    run(name: string, signal = never): Promise<string> {
      const [party = ""] = name.split("-");
      const work = (): Promise<string> => {
        begun.push(name);
        open.set(name, Promise.withResolvers<string>());
        return (open.get(name) as PromiseWithResolvers<string>).promise;
      };
      return turns.run(party, signal, work);
    },
  };
}

describe("createTurns", () => {
  it("lets so many begin, and the others in order as one ends or fails", async () => {
    const { run, end, fail, begun } = scene(2);
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => run(name));
    const failed = expect(b).rejects.toThrow("b");
    await end("");
    expect(begun).toEqual(["a", "b"]);
    await fail("b");
    await failed;
    expect(begun).toEqual(["a", "b", "c"]);
    await end("a");
    expect(begun).toEqual(["a", "b", "c", "d"]);
    await end("c");
    await end("d");
    expect(await Promise.all([a, c, d])).toEqual(["a", "c", "d"]);
  });

  it("lets a party do one thing after the other, and keeps nobody else waiting for it", async () => {
    const { run, end, begun } = scene(2);
    const all = ["a-1", "a-2", "a-3", "b-1"].map((name) => run(name));
    await end("");
    expect(begun).toEqual(["a-1", "b-1"]);
    await end("b-1");
    expect(begun).toEqual(["a-1", "b-1"]);
    await end("a-1");
    await end("a-2");
    await end("a-3");
    expect(begun).toEqual(["a-1", "b-1", "a-2", "a-3"]);
    expect(await Promise.all(all)).toEqual(["a-1", "a-2", "a-3", "b-1"]);
  });

  it("passes over those who gave up, who never begin", async () => {
    const { run, end, begun } = scene(1);
    const gone = new AbortController();
    const [a, b, c] = [run("a"), run("b", gone.signal), run("c")];
    gone.abort(new Error("hung up"));
    await expect(b).rejects.toThrow("hung up");
    await expect(run("d", gone.signal)).rejects.toThrow("hung up");
    await end("a");
    await end("c");
    expect(await Promise.all([a, c])).toEqual(["a", "c"]);
    expect(begun).toEqual(["a", "c"]);
  });
});
