import { createHash } from "node:crypto";
import { fieldManagers, type NestedCluster, names, nestedClusters } from "@inkube/api";
import {
  apiVersionOf,
  type Client,
  type Clock,
  isKubeError,
  type KubeObject,
  type Logger,
  resources,
} from "@inkube/kube";
import type { Happening } from "./transitions.ts";

/** Tells what happened to nested clusters in Events of their objects. */
export interface EventRecorder {
  /** Never throws: a host that takes no Events must not stop what they tell about. */
  record(cluster: NestedCluster, happenings: readonly Happening[], signal?: AbortSignal): Promise<void>;
}

export interface EventRecorderOptions {
  client: Client;
  clock: Clock;
  logger: Logger;
}

/** The longest message that the Events API takes. */
const maxMessage = 1024;

/** Writes Events of the core API, the ones that `kubectl describe` shows; the same words again are counted, not repeated. */
export function createEventRecorder({ client, clock, logger }: EventRecorderOptions): EventRecorder {
  const write = async (event: KubeObject, signal?: AbortSignal): Promise<void> => {
    const options = { fieldManager: fieldManagers.agent, ...(signal && { signal }) };
    try {
      await client.create(resources.events, event, options);
    } catch (error) {
      if (!isKubeError(error, "alreadyExists")) throw error;
      const { name, namespace = "" } = event.metadata;
      const ref = { name, namespace };
      const live = await client.get(resources.events, ref, options);
      const count = ((live?.count as number | undefined) ?? 1) + 1;
      const again = { count, lastTimestamp: event.lastTimestamp };
      await client.patch(resources.events, ref, again, { type: "merge", ...options });
    }
  };
  return {
    async record(cluster, happenings, signal) {
      for (const happening of happenings) {
        await write(eventOf(cluster, happening, clock.now()), signal).catch((error: unknown) => {
          const why = isKubeError(error) ? error.message : "";
          logger.debug({ reason: happening.reason, error: why }, "Could not write Event");
        });
      }
    },
  };
}

function eventOf(cluster: NestedCluster, { type, reason, message }: Happening, now: number): KubeObject {
  const { name, namespace = "", uid = "" } = cluster.metadata;
  const said = message.length > maxMessage ? `${message.slice(0, maxMessage - 1)}…` : message;
  const digest = createHash("sha256")
    .update(JSON.stringify([uid, type, reason, said]))
    .digest("hex")
    .slice(0, 16);
  const time = new Date(now).toISOString().replace(/\.\d{3}Z$/, "Z");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${digest}`, namespace },
    involvedObject: { apiVersion: apiVersionOf(nestedClusters), kind: nestedClusters.kind, name, namespace, uid },
    type,
    reason,
    message: said,
    source: { component: names.agent },
    reportingComponent: names.agent,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
