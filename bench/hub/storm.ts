import { setTimeout as sleep } from "node:timers/promises";
import { apiVersion, type NestedCluster, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import { median, type Result } from "../statistics.ts";
import type { Agents } from "./agents.ts";
import { eachOf, type FleetSize, type ReportedPhase, statusOf } from "./fleet.ts";
import type { HubProgram } from "./hub-program.ts";
import { askOnce, type Target } from "./load.ts";
import type { PlainServer } from "./plain-server.ts";

export interface StormScene {
  hub: HubProgram;
  target: Target;
  agents: Agents;
  plain: PlainServer;
  /** The API server's administrator, whom admission lets pass. */
  maker: Client;
  size: FleetSize;
}

/** Nested clusters of each host that change while the host is cut off. */
const changesEach = 5;
const limitMs = 900_000;

/** Milliseconds until it holds. Throws with `what` after a quarter of an hour. */
async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > limitMs) throw new Error(`Not within a quarter of an hour: ${what}`);
    await sleep(50);
  }
  return performance.now() - from;
}

/** Milliseconds until every host can be reached, was told what is wanted of it, and has told how it is. */
export async function untilSettled({ agents, size }: Pick<StormScene, "agents" | "size">) {
  const connected = until("all hosts are connected", async () => (await agents.count()).connected === size.hosts);
  const connectedMs = await connected;
  const told = until("all hosts have told how they are", async () => (await agents.count()).settled === size.hosts);
  return { connectedMs, settledMs: connectedMs + (await told) };
}

/** All hosts lose the hub at once, each with news that it could not tell: once because the network breaks, once because the hub dies. */
export async function benchStorm(scene: StormScene): Promise<Result[]> {
  const { hub, agents, plain, size } = scene;
  const dials = [];
  for (let round = 0; round < 3; round += 1) dials.push(await plain.connectAll(size.hosts));
  const broken = await storm(scene, "Degraded", () => agents.cut());
  let startMs = 0;
  const crashed = await storm(scene, "Ready", async () => {
    const from = performance.now();
    await hub.crashAndStart();
    startMs = performance.now() - from;
  });
  const dialled = { reference: median(dials), unit: "ms" };
  const written = { reference: await applyDirectly(scene, broken.changed), unit: "ms" };
  const lost = { reference: broken.changed, unit: "changes", target: 0, absolute: true };
  const cut = `${size.hosts} hosts cut off`;
  return [
    { what: `${cut}: all connected / as many plain WebSockets`, measured: broken.connectedMs, ...dialled },
    { what: `${cut}: all told / the changes written directly`, measured: broken.settledMs, ...written },
    { what: `${cut}: changes lost`, measured: broken.lost, ...lost },
    {
      what: "hub killed: all connected / until the new one is ready",
      measured: crashed.connectedMs,
      reference: startMs,
      unit: "ms",
    },
    { what: "hub killed: all told / the changes written directly", measured: crashed.settledMs, ...written },
    { what: "hub killed: changes lost", measured: crashed.lost, ...lost },
  ];
}

interface Outcome {
  changed: number;
  lost: number;
  connectedMs: number;
  settledMs: number;
}

async function storm(scene: StormScene, phase: ReportedPhase, strike: () => Promise<void>): Promise<Outcome> {
  const { agents, target, size } = scene;
  const before = await countPhase(target, phase);
  const struck = strike();
  const changed = await agents.change(changesEach, phase);
  const lostMs = await until("a host has lost the hub", async () => (await agents.count()).connected < size.hosts);
  const [{ connectedMs, settledMs }] = await Promise.all([untilSettled(scene), struck]);
  const lost = await countLost(scene, phase, before + changed);
  return { changed, lost, connectedMs: lostMs + connectedMs, settledMs: lostMs + settledMs };
}

/** How many the hub's list shows in this phase. */
async function countPhase(target: Target, phase: ReportedPhase): Promise<number> {
  return (await ask<{ total: number }>(target, `/api/v1/clusters?limit=1&phase=${phase}`)).total;
}

/**
 * How many nested clusters are not in the hub's list, or not as the Kubernetes API has them, or not in the phase in which so many
 * should be.
 */
async function countLost({ target, maker, size }: StormScene, phase: ReportedPhase, expected: number): Promise<number> {
  const listed = new Map<string, string | undefined>();
  const keyOf = ({ metadata }: NestedCluster): string => `${metadata.namespace}/${metadata.name}`;
  for (let next: string | undefined = ""; next !== undefined; ) {
    const after: string = next && `&continue=${next}`;
    const page: Page = await ask(target, `/api/v1/clusters?limit=500${after}`);
    for (const item of page.items) listed.set(keyOf(item), item.status?.phase);
    next = page.continue;
  }
  const kept = (await maker.list(nestedClusters)).items as unknown as NestedCluster[];
  const differ = kept.filter((one) => listed.get(keyOf(one)) !== one.status?.phase).length;
  const inPhase = kept.filter(({ status }) => status?.phase === phase).length;
  return differ + Math.abs(inPhase - expected) + Math.abs(listed.size - size.clusters);
}

interface Page {
  items: NestedCluster[];
  continue?: string;
}

async function ask<T>(target: Target, path: string): Promise<T> {
  return JSON.parse((await askOnce(target, path)).toString()) as T;
}

/** Milliseconds to write as many statuses straight to the Kubernetes API. */
async function applyDirectly({ maker, size }: StormScene, count: number): Promise<number> {
  const from = performance.now();
  await eachOf(
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      const [name, namespace] = [`cluster-${index}`, `project-${index % size.projects}`];
      const status = { ...statusOf(name, namespace, "Ready"), syncer: { objects: 1, pods: 1 } };
      const object = { apiVersion, kind: nestedClusters.kind, metadata: { name, namespace }, status };
      await maker.apply(nestedClusters, object, { fieldManager: "inkube-mirror", force: true, subresource: "status" });
    },
  );
  return performance.now() - from;
}
