import { describe, expect, it } from "vitest";
import { createColors } from "../output/colors.ts";
import { liveProgress } from "./live.ts";
import { plainProgress } from "./plain.ts";

function screen(columns = 40) {
  let text = "";
  return {
    output: {
      write: (chunk: string) => {
        text += chunk;
      },
      isTTY: true,
      columns,
    },
    take() {
      const taken = text;
      text = "";
      return taken;
    },
  };
}

const working = { name: "Control plane", state: "working", detail: "Pulling" } as const;

describe("plainProgress", () => {
  it("writes a line only when something changed, and nothing for what has not begun", () => {
    const { output, take } = screen();
    const progress = plainProgress(output);
    progress.show([working, { name: "Sync", state: "waiting", detail: "" }]);
    progress.show([working]);
    progress.show([{ ...working, state: "done", detail: "" }]);
    progress.end();
    expect(take()).toBe("Control plane: working: Pulling\nControl plane: done\n");
  });
});

describe("liveProgress", () => {
  const colors = createColors(false);
  const up = "\u001B[1A\u001B[2K";

  function live(columns?: number) {
    const { output, take } = screen(columns);
    const ticks: (() => void)[] = [];
    let stopped = 0;
    const ticker = {
      start(tick: () => void) {
        ticks.push(tick);
        return () => {
          stopped += 1;
        };
      },
    };
    return { progress: liveProgress(output, colors, ticker), take, ticks, stops: () => stopped };
  }

  it("draws steps, and draws them again in place on each tick", () => {
    const { progress, take, ticks } = live();
    progress.show([working, { name: "Sync", state: "waiting", detail: "" }]);
    expect(take()).toBe("\u001B[?25l⠋ Control plane  Pulling\n· Sync\n");
    ticks[0]?.();
    expect(take()).toBe(`${up}${up}\r⠙ Control plane  Pulling\n· Sync\n`);
  });

  it("keeps log lines above the steps", () => {
    const { progress, take } = live();
    progress.show([working]);
    take();
    progress.log("Created demo");
    expect(take()).toBe(`${up}\rCreated demo\n⠋ Control plane  Pulling\n`);
  });

  it("never lets a line wrap", () => {
    const { progress, take } = live(30);
    progress.show([{ ...working, detail: "x".repeat(100) }]);
    const [, drawn = ""] = take().split("\u001B[?25l");
    expect([...drawn.trimEnd()].length).toBeLessThanOrEqual(30);
  });

  it("gives the cursor back once, and stops", () => {
    const { progress, take, stops } = live();
    progress.show([working]);
    take();
    progress.end();
    progress.end();
    expect(take()).toBe("\u001B[?25h");
    expect(stops()).toBe(1);
  });
});
