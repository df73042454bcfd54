import { configmaps } from "./configmaps.ts";
import { endpoints } from "./endpoints.ts";
import { endpointslices } from "./endpointslices.ts";
import type { SyncKind } from "./kind.ts";
import { nodes } from "./nodes.ts";
import { persistentvolumeclaims } from "./persistentvolumeclaims.ts";
import { persistentvolumes } from "./persistentvolumes.ts";
import { pods } from "./pods/index.ts";
import { secrets } from "./secrets.ts";
import { services } from "./services.ts";
import { storageclasses } from "./storageclasses.ts";

export { eventRules, toNestedEvent } from "./events.ts";
export { type KnownPair, tenantTerms } from "./tenant-terms.ts";

/** Everything that is synced, in the order in which a cluster needs it. */
export const kinds: readonly SyncKind[] = [
  nodes,
  storageclasses,
  services,
  configmaps,
  secrets,
  persistentvolumeclaims,
  persistentvolumes,
  pods,
  endpoints,
  endpointslices,
];
