import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { nestedClusters } from "@inkube/api";
import { type Client, createClient } from "@inkube/kube";
import { percentile, type Result } from "../statistics.ts";
import type { Target } from "./load.ts";

const ref = { namespace: "project-1", name: "cluster-1" };
const rounds = 300;

/** One nested cluster by the hub, which asks the Kubernetes API as the caller, and straight from there; with the same client, in turns. */
export async function benchOne({ url, ca, headers }: Target, admin: Client): Promise<Result[]> {
  const hub = createClient({ server: url, ca });
  const path = `/api/v1/projects/${ref.namespace}/clusters/${ref.name}`;
  const times = { hub: [] as number[], directly: [] as number[] };
  const timed = async (into: number[], get: () => Promise<boolean>): Promise<void> => {
    const from = performance.now();
    if (!(await get())) throw new Error("There is no such nested cluster");
    into.push(performance.now() - from);
  };
  for (let round = 0; round < rounds; round += 1) {
    await timed(times.directly, async () => (await admin.get(nestedClusters, ref)) !== undefined);
    await timed(times.hub, async () => {
      const { status, body } = await hub.raw({ method: "GET", path, headers });
      JSON.parse((await buffer(Readable.from(body))).toString());
      return status === 200;
    });
  }
  await hub.close();
  return [0.5, 0.99].map((share) => ({
    what: `one nested cluster: p${share * 100}, one client, hub / its Kubernetes API`,
    measured: percentile(times.hub, share),
    reference: percentile(times.directly, share),
    unit: "ms",
  }));
}
