import { nestedClusters } from "@inkube/api";
import { type Client, type ClusterConfig, createClient, resources, systemClock } from "@inkube/kube";
import { collectingLogger, startRealApiServer } from "@inkube/kube/testing";
import { administrators } from "../packages/hub/src/auth/principal.ts";
import { type CredentialStore, createCredentialStore } from "../packages/hub/src/credentials/credential-store.ts";
import { hubIdentity, installHub } from "../packages/hub/src/testing/install-hub.ts";
import { startAgents } from "./hub/agents.ts";
import { fleetMaker, fleetSize, makeClusters, makeHosts } from "./hub/fleet.ts";
import { startHub } from "./hub/hub-program.ts";
import { benchLists } from "./hub/lists.ts";
import { benchOne } from "./hub/one.ts";
import { startPlainServer } from "./hub/plain-server.ts";
import { benchStorm, untilSettled } from "./hub/storm.ts";
import type { Result } from "./statistics.ts";

/**
 * The hub program at 10,000 nested clusters on 300 hosts, or as many as INKUBE_BENCH_CLUSTERS says: lists, memory, and all hosts
 * coming back at once. Needs the binaries of a real API server (INKUBE_BIN_DIR).
 */
export async function benchHub(): Promise<Result[]> {
  const size = fleetSize(Number(process.env.INKUBE_BENCH_CLUSTERS ?? 10_000));
  await using server = await startRealApiServer();
  const admin = createClient(server.config);
  const maker = fleetMaker(server.config);
  await installHub(admin, "https://hub.example.test");
  const tools = { client: maker, clock: systemClock, random: Math.random, logger: collectingLogger() };
  const credentials = createCredentialStore(tools);
  await makeHosts(maker, size);
  const identity = await hubIdentity(server, admin);
  const empty = await memoryWithoutClusters(admin, identity, server.dir);
  await makeClusters(maker, size);
  await using hub = await startHub(admin, identity, server.dir);
  const { ca, ...pair } = await hub.certificate();
  using plain = await startPlainServer({ ca, ...pair });
  using agents = await startAgents({ url: hub.url, ca }, credentials, size);
  await untilSettled({ agents, size });
  process.stdout.write(`  ${size.clusters} nested clusters on ${size.hosts} hosts, ${size.projects} projects\n`);
  const as = (token: string) => ({ url: hub.url, ca, headers: { authorization: `Bearer ${token}` } });
  const administrator = as(await administratorKey(credentials));
  const member = as(await memberKey(credentials, maker));
  const objects = (await admin.list(nestedClusters)).items.map(({ metadata, ...rest }) => {
    const { managedFields: _managedFields, ...kept } = metadata;
    return { metadata: kept, ...rest };
  });
  const lists = await benchLists({ administrator, member, plain, size, objects });
  const one = await benchOne(administrator, admin);
  const full = await hub.memory();
  const perCluster = (what: string, figure: keyof typeof full): Result => ({
    what: `hub memory per nested cluster, ${what}`,
    measured: ((full[figure] - empty[figure]) * 1024) / size.clusters,
    reference: (empty[figure] * 1024) / size.clusters,
    unit: "KiB without any",
    target: 40,
    absolute: true,
  });
  const storm = await benchStorm({ hub, target: administrator, agents, plain, maker, size });
  await Promise.all([maker.close(), admin.close()]);
  return [...lists, ...one, perCluster("in use", "heap"), perCluster("resident", "resident"), ...storm];
}

/** Of a hub that is gone when the fleet is made: it would place what has no host for a moment. */
async function memoryWithoutClusters(admin: Client, identity: ClusterConfig, dir: string) {
  await using hub = await startHub(admin, identity, dir);
  return await hub.memory();
}

async function administratorKey(credentials: CredentialStore): Promise<string> {
  const key = { kind: "api-key" as const, subject: "root", groups: [administrators], name: "bench" };
  return (await credentials.issue(key)).token;
}

async function memberKey(credentials: CredentialStore, maker: Client): Promise<string> {
  const apiGroup = "rbac.authorization.k8s.io";
  await maker.create(resources.rolebindings, {
    metadata: { name: "bench-member", namespace: "project-1" },
    roleRef: { apiGroup, kind: "ClusterRole", name: "inkube:nested-cluster-viewer" },
    subjects: [{ apiGroup, kind: "User", name: "member" }],
  });
  return (await credentials.issue({ kind: "api-key", subject: "member", name: "bench" })).token;
}
