import type { ResourceType } from "@inkube/kube";
import type { PolicyRule } from "./kind.ts";

/** What it takes to follow a kind's host objects. */
export function readRule(type: ResourceType): PolicyRule {
  return { apiGroups: [type.group], resources: [type.plural], verbs: ["get", "list", "watch"] };
}

/** What it takes to make a kind's host objects, keep them as wanted and take them away. */
export function keepRule(type: ResourceType): PolicyRule {
  return { ...readRule(type), verbs: ["get", "list", "watch", "create", "patch", "delete"] };
}
