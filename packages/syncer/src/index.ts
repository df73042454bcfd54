/** Moves objects between nested clusters and their host. Imported by the agent (rights) and the CLI (explain). */
export type { ClusterIdentity, ClusterRegistry, ClusterView } from "./cluster-view.ts";
export { type ExplainOptions, type ExplainStep, explain } from "./explain.ts";
export { kinds } from "./kinds/index.ts";
export type { FromHostKind, PolicyRule, SyncKind, ToHostKind } from "./kinds/kind.ts";
export { type SyncerRules, syncerRules } from "./rules.ts";
