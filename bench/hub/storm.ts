import { setTimeout as sleep } from "node:timers/promises";
import { apiVersion, type NestedCluster, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import { median, type Result } from "../statistics.ts";
import type { Agents } from "./agents.ts";
import { eachOf, type FleetSize, type ReportedPhase, statusOf } from "./fleet.ts";
import type { HubProgram } from "./hub-program.ts";
import { LoadGenerator, type Target } from "./load.ts";
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
  const crashed = await storm(scene, "Ready", () => hub.crashAndStart());
  const written = await applyDirectly(scene, broken.changed);
  const connect = { reference: median(dials), unit: "ms" };
  const write = { reference: written, unit: "ms" };
  const all = `${size.hosts} hosts`;
  return [
    {
      what: `${all} cut off: all connected / that many plain WebSockets`,
      measured: broken.connectedMs,
      ...connect,
      target: 10,
    },
    {
      what: `${all} cut off: everything told / only the news written directly`,
      measured: broken.settledMs,
      ...write,
      target: 10,
    },
    {
      what: `hub killed: all connected / that many plain WebSockets`,
      measured: crashed.connectedMs,
      ...connect,
      target: 20,
    },
    {
      what: `hub killed: everything told / only the news written directly`,
      measured: crashed.settledMs,
      ...write,
      target: 20,
    },
  ];
}

interface Outcome {
  changed: number;
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
  await nothingLost(scene, phase, before + changed);
  return { changed, connectedMs: lostMs + connectedMs, settledMs: lostMs + settledMs };
}

/** How many the hub's list shows in this phase. */
async function countPhase(target: Target, phase: ReportedPhase): Promise<number> {
  return (await ask<{ total: number }>(target, `/api/v1/clusters?limit=1&phase=${phase}`)).total;
}

/** Every nested cluster is in the hub's list and in its Kubernetes API, equal, and as many as there should be are in this phase. */
async function nothingLost({ target, maker, size }: StormScene, phase: ReportedPhase, expected: number): Promise<void> {
  const listed = new Map<string, NestedCluster>();
  let next: string | undefined;
  do {
    const page: { items: NestedCluster[]; continue?: string } = await ask(
      target,
      `/api/v1/clusters?limit=500${next === undefined ? "" : `&continue=${next}`}`,
    );
    for (const item of page.items) listed.set(`${item.metadata.namespace}/${item.metadata.name}`, item);
    next = page.continue;
  } while (next !== undefined);
  const { items } = await maker.list(nestedClusters);
  const kept = items as unknown as NestedCluster[];
  const differ = kept.filter(
    ({ metadata, status }) => listed.get(`${metadata.namespace}/${metadata.name}`)?.status?.phase !== status?.phase,
  );
  const inPhase = kept.filter(({ status }) => status?.phase === phase).length;
  if (listed.size !== size.clusters || kept.length !== size.clusters || differ.length > 0 || inPhase !== expected) {
    throw new Error(
      `Lost: ${listed.size} listed and ${kept.length} kept of ${size.clusters}, ${differ.length} differ, ${inPhase} of ${expected} are ${phase}`,
    );
  }
}

async function ask<T>(target: Target, path: string): Promise<T> {
  const load = await LoadGenerator.open(target, 1);
  try {
    return JSON.parse((await load.one(path)).body.toString()) as T;
  } finally {
    load.close();
  }
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
