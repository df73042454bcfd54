import type { KindContext } from "../kinds/kind.ts";
import { type KnownPair, tenantTerms } from "../kinds/tenant-terms.ts";

/** The longest message that an Event takes. */
const maxLength = 1024;

/**
 * A refusal of the host in the tenant's terms: names of host objects become the tenant's own, the host namespace becomes the
 * nested one. What only an operator can act on (rights of the syncer on the host) is not told.
 */
export function tenantWording(message: string, context: KindContext, pair: KnownPair): string {
  if (/\bUser "[^"]*" cannot /.test(message)) {
    return "The host did not allow the syncer to do this; ask the operator of the host cluster.";
  }
  const told = tenantTerms(message, context, pair);
  return told.length > maxLength ? `${told.slice(0, maxLength - 1)}…` : told;
}
