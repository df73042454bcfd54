/** What the API calls comparable: a decimal number of any size without leading zeros. */
const comparable = /^(0|[1-9][0-9]*)$/;

/**
 * True when an event of `version` tells nothing that is not in a copy as of `held`. Versions that are no decimal
 * numbers have no order: of those only the same one is known.
 */
export function isHeld(version: string, held: string): boolean {
  if (version === held) return true;
  if (!comparable.test(version) || !comparable.test(held)) return false;
  return version.length === held.length ? version < held : version.length < held.length;
}
