import { AppError } from "@inkube/api";
import type { CommandContext } from "../context.ts";
import { printAnswer } from "./print-rows.ts";

/** One thing that the hub deletes, ends or takes, and how that is said. */
export interface Deletion {
  question: string;
  path: string;
  query?: Record<string, string>;
  /** Members that say for programs which one it is: `{ name }`. */
  subject: object;
  /** Members that say what became of it: `{ deleted: true }`. */
  outcome: object;
  /** What a person is told. */
  done: string;
  /** What a person is told after a dry run. */
  possible: string;
}

/** Of one thing that a person calls `group europe`, gone when the hub says so. */
export function plainDeletion(noun: string, collection: string, subject: { name: string } | { id: string }): Deletion {
  const [which = ""] = Object.values(subject);
  const called = `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${which}`;
  return {
    question: `Delete ${noun} ${which}?`,
    path: `${collection}/${encodeURIComponent(which)}`,
    subject,
    outcome: { deleted: true },
    done: `${called} is deleted`,
    possible: `${called} could be deleted`,
  };
}

export interface DeleteFlags {
  yes: boolean;
  "dry-run": boolean;
}

/** Asks, has it deleted, and says so. Nobody is asked before a dry run: it changes nothing. */
export async function deleteByHub(deletion: Deletion, flags: DeleteFlags, context: CommandContext): Promise<void> {
  const { question, path, query, subject, outcome, done, possible } = deletion;
  const dryRun = flags["dry-run"];
  await mustBeConfirmed(question, flags.yes || dryRun, context);
  const parameters = new URLSearchParams({ ...query, dryRun: String(dryRun) });
  await (await context.hub()).call("DELETE", `${path}?${parameters}`);
  const answer = { ...subject, ...(dryRun ? { dryRun: true } : outcome) };
  await printAnswer(answer, dryRun ? `${possible} (dry run)` : done, context);
}

/** Asks, when there is a person who can be asked. Throws AppError INTERRUPTED unless the answer is yes. */
async function mustBeConfirmed(question: string, yes: boolean, { io, signal }: CommandContext): Promise<void> {
  if (yes || !io.interactive || (await io.confirm(question, signal))) return;
  throw new AppError("INTERRUPTED", "Nothing was changed");
}
