import type { Condition, NestedCluster } from "@inkube/api";
import type { Colors } from "../output/colors.ts";
import { ageOf } from "../output/duration.ts";
import { printable } from "../output/printable.ts";
import type { TreeNode } from "../output/tree.ts";
import type { ClusterFacts, ContainerFact, EventFact } from "./cluster-facts.ts";
import { usageLines } from "./usage-lines.ts";

interface Style {
  colors: Colors;
  now: number;
  /** Everything, also what matters to few. */
  all: boolean;
}

const notSeen = "only visible on its host";

/** What `inkube describe` shows. */
export function clusterTree(facts: ClusterFacts, style: Style): TreeNode {
  const { cluster, hostSeen, containers, usage, events } = facts;
  const { metadata, status } = cluster;
  const conditions = status?.conditions ?? [];
  return {
    text: `${style.colors.bold(`${metadata.namespace}/${metadata.name}`)}  ${status?.phase ?? "Pending"}  ${ageOf(metadata.creationTimestamp, style.now)}`,
    children: [
      branch(
        "Conditions",
        conditions.map((condition) => conditionNode(condition, style)),
        "none yet: no agent has looked at it",
      ),
      ...basics(cluster),
      branch(
        "Control plane",
        containers.map((container) => containerNode(container, style)),
        hostSeen ? "no pod yet" : notSeen,
      ),
      branch(
        "Use",
        usageLines(usage, style).map((text) => ({ text })),
        hostSeen ? "not known yet" : notSeen,
      ),
      branch(
        "Events",
        events.map((event) => eventNode(event, style)),
        "none",
      ),
    ],
  };
}

function branch(text: string, children: TreeNode[], empty: string): TreeNode {
  return children.length > 0 ? { text, children } : { text: `${text}: ${empty}` };
}

function basics({ spec, status }: NestedCluster): TreeNode[] {
  const counts = status?.syncer ?? {};
  const synced = [
    counts.objects === undefined ? "" : `, ${counts.objects} objects on the host`,
    counts.pods === undefined ? "" : `, ${counts.pods} pods`,
  ].join("");
  const lines = [
    `Version: ${status?.version ?? spec.version ?? "the host's default"} (${status?.distro ?? spec.distro ?? "the host's default distro"})`,
    `Endpoint: ${status?.endpoint?.url ?? "none yet"}`,
    `Host namespace: ${status?.namespace ?? "none yet"}`,
    `Size: cpu ${spec.size.cpu}, memory ${spec.size.memory}, storage ${spec.size.storage}, pods ${spec.size.pods}`,
    `Datastore: ${spec.datastore.type}, ${spec.datastore.storage.size}`,
    `Syncer: ${spec.syncer}${synced}`,
    `Pod Security: ${spec.podSecurity}`,
  ];
  return lines.map((line) => ({ text: printable(line) }));
}

function conditionNode(condition: Condition, { colors, now }: Style): TreeNode {
  const mark = { True: colors.green("✓"), False: colors.red("✗"), Unknown: colors.yellow("?") }[condition.status];
  const head = `${mark} ${printable(condition.type)}  ${printable(condition.reason)}  ${colors.dim(ageOf(condition.lastTransitionTime, now))}`;
  const silent = condition.status === "True" || condition.message === "";
  return silent ? { text: head } : { text: head, children: [{ text: printable(condition.message) }] };
}

function containerNode({ name, ready, restarts, state }: ContainerFact, { colors }: Style): TreeNode {
  const mark = ready ? colors.green("✓") : colors.yellow("·");
  const again = restarts === 0 ? "" : `, restarted ${restarts}×`;
  return { text: `${mark} ${printable(name)}  ${printable(state)}${ready ? "" : ", not ready"}${again}` };
}

function eventNode({ time, type, reason, about, message, count }: EventFact, { colors, now }: Style): TreeNode {
  const kind = type === "Normal" ? reason : colors.yellow(reason);
  const times = count > 1 ? ` (${count}×)` : "";
  return { text: `${ageOf(time, now)}  ${kind}  ${printable(about)}  ${printable(message)}${times}` };
}
