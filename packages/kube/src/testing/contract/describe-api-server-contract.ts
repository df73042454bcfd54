import { applying } from "./applying.ts";
import { caching } from "./caching.ts";
import { deleting } from "./deleting.ts";
import { leasing } from "./leasing.ts";
import { listing } from "./listing.ts";
import { patching } from "./patching.ts";
import { type ContractServer, describeParts } from "./scene.ts";
import { subresources } from "./subresources.ts";
import { watching } from "./watching.ts";
import { writing } from "./writing.ts";

/**
 * Declares the tests that every API server of this project's tests must pass. The real kube-apiserver is the
 * truth: a statement that does not hold there is wrong.
 */
export function describeApiServerContract(name: string, start: () => Promise<ContractServer>): void {
  describeParts(name, start, {
    writing,
    deleting,
    listing,
    watching,
    patching,
    "server-side apply": applying,
    subresources,
    "watch cache": caching,
    lease: leasing,
  });
}
