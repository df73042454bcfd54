import type { CommandContext } from "../context.ts";
import { printAnswer } from "../hub/print-rows.ts";

interface Me {
  user: string;
  groups: string[];
  expiresAt?: string;
}

/** Prints as whom commands go through the hub. */
export async function whoAmI(context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const me = await hub.call<Me>("GET", "/api/v1/me");
  const groups = me.groups.length === 0 ? "" : `, in ${me.groups.join(", ")}`;
  const end = me.expiresAt === undefined ? "" : `; this sign-in ends ${me.expiresAt}`;
  await printAnswer({ hub: hub.url, ...me }, `${me.user} at ${hub.url}${groups}${end}`, context);
}
