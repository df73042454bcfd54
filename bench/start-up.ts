import { getCondition, type NestedCluster, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { startRealApiServer } from "@inkube/kube/testing";
import { type Environment, largeCluster } from "./environment.ts";
import { median, type Result } from "./statistics.ts";

const target = { namespace: "default" };

async function bareApiServer(): Promise<number> {
  const from = performance.now();
  await using _server = await startRealApiServer();
  return performance.now() - from;
}

async function untilReady({ host }: Environment, name: string): Promise<number> {
  const from = performance.now();
  const created = await host.create(nestedClusters, largeCluster(name));
  const watch = host.watch(nestedClusters, {
    ...target,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: created.metadata.resourceVersion ?? "",
    signal: AbortSignal.timeout(180_000),
  });
  for await (const { object } of watch) {
    const { status } = object as unknown as NestedCluster;
    if (getCondition(status?.conditions ?? [], "Ready")?.status === "True") return performance.now() - from;
  }
  throw new Error(`watch of ${name} ended before it was Ready`);
}

async function untilGone({ host }: Environment, name: string): Promise<void> {
  await host.delete(nestedClusters, { ...target, name });
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (!(await host.get(nestedClusters, { ...target, name }))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${name} was not deleted`);
}

/** From creating a NestedCluster to Ready, against a bare kube-apiserver with kine from an empty store to /readyz; taken in turns. */
export async function benchStartUp(environment: Environment, rounds = 5): Promise<Result[]> {
  const [bare, nested]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await bareApiServer());
    const name = `start-${round}`;
    nested.push(await untilReady(environment, name));
    const client = await environment.nested(name);
    const account = await client.get(resources.serviceaccounts, { namespace: "default", name: "default" });
    await client.close();
    if (!account) throw new Error("Ready without a default service account");
    await untilGone(environment, name);
  }
  const what = "create to Ready / bare kube-apiserver to /readyz";
  return [{ what, measured: median(nested), reference: median(bare), unit: "ms", target: 2.0 }];
}
