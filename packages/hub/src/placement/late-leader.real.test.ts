import { hostClusters, type NestedCluster, nestedClusters, placementFinalizer } from "@inkube/api";
import { createClient, systemClock } from "@inkube/kube";
import { collectingLogger, startRealApiServer } from "@inkube/kube/testing";
import { startFreezableProxy } from "@inkube/tunnel/testing";
import { expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { installHub } from "../testing/install-hub.ts";
import { clusterBody } from "../testing/two-projects.ts";
import { createFleetView } from "../view/fleet-view.ts";
import { createPlacementController } from "./placement-controller.ts";

const ref = { namespace: "default", name: "one" };
const capacity = { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" };

/** An API server with a host and a nested cluster that is meant for it; and a view of it whose watches can stand still. */
async function start() {
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(await startRealApiServer());
  const admin = createClient(server.config);
  cleanUp.defer(() => admin.close());
  await installHub(admin, "https://hub.example.test");
  const host = { name: "edge" };
  await admin.create(hostClusters, { metadata: host, spec: { nesting: true, endpoint: { type: "Hub" } } });
  const heartbeat = new Date().toISOString();
  const status = { phase: "Running", heartbeat, capacity, access: "full" };
  await admin.patch(hostClusters, host, { status }, { type: "merge", subresource: "status" });
  const { metadata, spec } = clusterBody(ref.name);
  const held = { ...metadata, namespace: ref.namespace, finalizers: [placementFinalizer] };
  await admin.create(nestedClusters, { metadata: held, spec: { ...spec, host: "edge" } });
  const proxy = cleanUp.use(await startFreezableProxy(Number(new URL(server.config.server).port)));
  const slow = createClient({ ...server.config, server: `https://127.0.0.1:${proxy.port}` });
  cleanUp.defer(() => slow.close());
  const log = collectingLogger();
  const common = { clock: systemClock, random: Math.random, logger: log };
  const view = createFleetView({ client: slow, ...common });
  cleanUp.defer(() => view.stop());
  view.start();
  await eventually(() => expect(view.synced).toBe(true));
  const controller = createPlacementController({ client: admin, view, ...common });
  cleanUp.defer(() => controller.stop());
  const disposal = cleanUp.move();
  return { admin, proxy, view, controller, log, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

async function hostOf(admin: Awaited<ReturnType<typeof start>>["admin"]): Promise<string | undefined> {
  return ((await admin.get(nestedClusters, ref)) as NestedCluster | undefined)?.status?.host;
}

it("a leader that has not seen where another has placed a nested cluster leaves it there", async () => {
  await using end = await start();
  end.proxy.freeze();
  const placed = { status: { host: "other" } };
  await end.admin.patch(nestedClusters, ref, placed, { type: "merge", subresource: "status" });
  end.controller.start();
  await eventually(() => expect(end.controller.metrics.failed).toBeGreaterThan(1));
  expect(end.view.clusters.get(ref.name, ref.namespace)?.status).toBeUndefined();
  expect(await hostOf(end.admin)).toBe("other");
});

it("a leader that sees everything places it", async () => {
  await using end = await start();
  end.controller.start();
  await eventually(async () => expect(await hostOf(end.admin)).toBe("edge"));
  expect(end.controller.metrics.failed).toBe(0);
});
