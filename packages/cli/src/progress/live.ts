import type { Output } from "../io.ts";
import type { Colors } from "../output/colors.ts";
import type { Progress, Step, StepState } from "./progress.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";
const eraseLine = "\u001B[2K";

export interface Ticker {
  /** Calls back regularly until stopped. */
  start(tick: () => void): () => void;
}

/** Real time: ten times a second, without keeping the process alive. */
export const intervalTicker: Ticker = {
  start(tick) {
    const timer = setInterval(tick, 100);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** A block of lines at the bottom of a terminal that is redrawn in place; lines never wrap. */
export function liveProgress(output: Output, colors: Colors, ticker: Ticker = intervalTicker): Progress {
  let steps: readonly Step[] = [];
  let drawn = 0;
  let frame = 0;
  let stop: (() => void) | undefined;

  const erase = () => {
    if (drawn > 0) output.write(`${`\u001B[1A${eraseLine}`.repeat(drawn)}\r`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    for (const step of steps) output.write(`${line(step, frame, output.columns, colors)}\n`);
    drawn = steps.length;
  };
  return {
    log(text) {
      erase();
      output.write(`${text}\n`);
      draw();
    },
    show(next) {
      if (!stop) {
        output.write(hideCursor);
        stop = ticker.start(() => {
          frame = (frame + 1) % frames.length;
          draw();
        });
      }
      steps = next;
      draw();
    },
    end() {
      if (!stop) return;
      stop();
      stop = undefined;
      steps = [];
      drawn = 0;
      output.write(showCursor);
    },
  };
}

function line(step: Step, frame: number, columns: number, colors: Colors): string {
  const room = Math.max(10, columns - step.name.length - 5);
  const detail = step.detail.length > room ? `${step.detail.slice(0, room - 1)}…` : step.detail;
  return `${mark(step.state, frame, colors)} ${step.name}${detail === "" ? "" : `  ${colors.dim(detail)}`}`;
}

function mark(state: StepState, frame: number, colors: Colors): string {
  switch (state) {
    case "done":
      return colors.green("✓");
    case "failed":
      return colors.red("✗");
    case "working":
      return colors.cyan(frames[frame] ?? "");
    case "waiting":
      return colors.dim("·");
  }
}
