import type { Client, Clock } from "@inkube/kube";
import type { Globals } from "./globals.ts";
import type { HubClient } from "./hub/hub-client.ts";
import type { Io } from "./io.ts";
import type { Colors } from "./output/colors.ts";
import type { Progress } from "./progress/progress.ts";

/** What a command works with; it never touches the process itself. */
export interface CommandContext {
  io: Io;
  globals: Globals;
  /** Aborted when the person presses Ctrl-C. */
  signal: AbortSignal;
  clock: Clock;
  colors: Colors;
  progress: Progress;
  /** Where nested clusters are read and written, a host or a hub; opened on first use and closed when the command ends. */
  host(): Promise<Client>;
  /**
   * The API server of a host itself, with what no hub passes on: pods, logs, Secrets. Throws AppError USAGE when commands go
   * through a hub that is not on an embedded host of this machine.
   */
  hostItself(): Promise<Client>;
  /** The hub's API, when commands go through a hub; undefined when a host is meant directly. */
  hubInUse(): Promise<HubClient | undefined>;
  /** The hub's API. Throws AppError AUTH_REQUIRED when nobody signed in. */
  hub(): Promise<HubClient>;
  /** Sets the exit code of a command that ends without an error of its own (`connect -- CMD`). */
  exitWith(code: number): void;
}
