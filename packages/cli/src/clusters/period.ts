import { AppError } from "@inkube/api";
import type { Clock } from "@inkube/kube";

/** The beginning that `--since` or `--from` means, RFC 3339; undefined for none. Throws AppError USAGE when both are given. */
export function beginningOf(
  { since, from }: { since: number | undefined; from: string | undefined },
  clock: Clock,
): string | undefined {
  if (since !== undefined && from !== undefined) {
    throw new AppError("USAGE", "--since and --from cannot both be given", { todo: "Leave one of them out." });
  }
  return since === undefined ? from : new Date(clock.now() - since).toISOString();
}
