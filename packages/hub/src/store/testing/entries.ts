import type { AuditEntry, AuditList, AuditLog, AuditPage } from "../audit/audit.ts";
import type { EventEntry } from "../events/events.ts";
import type { UsageSample } from "../usage/usage.ts";

export function anEntry(given: Partial<AuditEntry> = {}): AuditEntry {
  return {
    actor: "ada",
    actorType: "user",
    action: "create",
    method: "POST",
    path: "/api/v1/projects/team/clusters",
    kind: "NestedCluster",
    status: 201,
    message: "Created NestedCluster",
    requestId: "r-1",
    sourceAddress: "192.0.2.1",
    ...given,
  };
}

export function anEvent(given: Partial<EventEntry> = {}): EventEntry {
  return {
    host: "host-a",
    project: "team",
    cluster: "demo",
    uid: "u-1",
    type: "Normal",
    reason: "Ready",
    message: "Words.",
    component: "inkube-agent",
    count: 1,
    firstTime: 1_000,
    lastTime: 1_000,
    ...given,
  };
}

export function aSample(given: Partial<UsageSample> = {}): UsageSample {
  return {
    host: "host-a",
    project: "team",
    cluster: "demo",
    time: 0,
    cpuCoreSeconds: 1,
    memoryByteSeconds: 1,
    storageByteSeconds: 1,
    ...given,
  };
}

/** Reads all pages; `between` runs after each but the last. */
export async function allPages(
  log: AuditLog,
  options: AuditList,
  between: () => Promise<void> = async () => {},
): Promise<AuditPage["items"]> {
  const items: AuditPage["items"] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await log.list({ ...options, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    if (page.next === undefined) return items;
    if (items.length > 10_000) throw new Error("The pages do not end");
    cursor = page.next;
    await between();
  }
}
