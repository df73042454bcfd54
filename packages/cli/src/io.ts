export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns; only meaningful on a terminal. */
  readonly columns: number;
}

/** Everything of the process that commands may touch; handed in so that tests can own it. */
export interface Io {
  stdout: Output;
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** How this program is started again, by kubectl for one; words of a command. */
  program: readonly string[];
  /** True when a person can be asked. */
  interactive: boolean;
  /** Asks a yes-or-no question on a terminal; false when the answer is not yes. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Runs a program on this terminal and gives its exit code. Ctrl-C reaches the program through the terminal; it decides
   * what that means. Throws AppError USAGE when it cannot be started.
   */
  runChild(command: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number>;
  /** Shows an address in the person's browser; false when there is none. */
  openBrowser(url: string): Promise<boolean>;
  /** Reads standard input to its end. */
  readStdin(): Promise<string>;
}
