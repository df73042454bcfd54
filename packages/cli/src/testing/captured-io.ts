import type { Io, Output } from "../io.ts";

export interface CapturedIo extends Io {
  readonly out: string;
  readonly err: string;
  /** What the person was asked. */
  readonly questions: readonly string[];
  /** Commands that were run on the terminal, with the KUBECONFIG that they got. */
  readonly children: { command: readonly string[]; kubeconfig: string | undefined }[];
}

export interface CapturedIoOptions {
  env?: Record<string, string>;
  home?: string;
  stdin?: string;
  /** What a person answers; absent: there is nobody to ask. */
  answer?: boolean;
  /** What the person does with an address in a browser; absent: there is none. */
  onBrowser?: (url: string) => Promise<void>;
  onChild?: (kubeconfig: string | undefined) => Promise<number>;
}

/** A process of which only what is printed can be seen. */
export function capturedIo(options: CapturedIoOptions = {}): CapturedIo {
  const text = { out: "", err: "" };
  const output = (name: "out" | "err"): Output => ({
    write: (chunk) => {
      text[name] += chunk;
    },
    isTTY: false,
    columns: 80,
  });
  const questions: string[] = [];
  const children: CapturedIo["children"] = [];
  return {
    stdout: output("out"),
    stderr: output("err"),
    env: options.env ?? {},
    home: options.home ?? "/nowhere",
    program: ["inkube"],
    interactive: options.answer !== undefined,
    async confirm(question) {
      questions.push(question);
      return options.answer ?? false;
    },
    questions,
    readStdin: async () => options.stdin ?? "",
    async openBrowser(url) {
      // The person takes their time while the command waits.
      void options.onBrowser?.(url);
      return options.onBrowser !== undefined;
    },
    async runChild(command, env) {
      children.push({ command, kubeconfig: env.KUBECONFIG });
      return (await options.onChild?.(env.KUBECONFIG)) ?? 0;
    },
    children,
    get out() {
      return text.out;
    },
    get err() {
      return text.err;
    },
  };
}
