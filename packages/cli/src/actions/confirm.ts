import { AppError } from "@inkube/api";
import type { CommandContext } from "../context.ts";

/** Asks, when there is a person who can be asked. Throws AppError INTERRUPTED unless the answer is yes. */
export async function mustBeConfirmed(question: string, yes: boolean, { io, signal }: CommandContext): Promise<void> {
  if (yes || !io.interactive || (await io.confirm(question, signal))) return;
  throw new AppError("INTERRUPTED", "Nothing was changed");
}
