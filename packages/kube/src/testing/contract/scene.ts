import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Client } from "../../client/client.ts";
import { createClient } from "../../client/create-client.ts";
import { isKubeError, type KubeErrorCode } from "../../client/kube-error.ts";
import type { ClusterConfig } from "../../config/cluster-config.ts";
import { resources } from "../../resources.ts";
import { systemClock } from "../../system-clock.ts";
import type { KubeObject, ResourceType, WatchEvent } from "../../types.ts";

/** An API server under the contract. */
export interface ContractServer {
  config: ClusterConfig;
  /** A resourceVersion that history does not reach back to (any more). */
  ancientVersion(): string;
  /** A quiet watch of so many seconds gets a bookmark. */
  bookmarkSeconds: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the statements of the contract use. */
export interface Scene {
  server: ContractServer;
  client: Client;
  /** A custom resource with status and scale subresources. */
  widgets: ResourceType;
  /** Makes a namespace that nobody else uses. */
  namespace(): Promise<string>;
}

/** One part of the contract: declares its tests; the scene is there while they run. */
export type ContractPart = (scene: () => Scene) => void;

const widgets: ResourceType = {
  group: "contract.inkube.dev",
  version: "v1",
  plural: "widgets",
  kind: "Widget",
  namespaced: true,
};

function widgetDefinition(): KubeObject {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    metadata: { name: `${widgets.plural}.${widgets.group}` },
    spec: {
      group: widgets.group,
      scope: "Namespaced",
      names: { plural: widgets.plural, singular: "widget", kind: widgets.kind, listKind: "WidgetList" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
          subresources: {
            status: {},
            scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
          },
        },
      ],
    },
  };
}

async function serveWidgets(client: Client): Promise<void> {
  await client.create(resources.customresourcedefinitions, widgetDefinition());
  // Established comes before the path is served everywhere.
  await eventually(async () => {
    await client.list(widgets);
    return true;
  });
}

/** Tries until `attempt` gives something truthy, a failure counting as nothing yet; at most about two minutes. */
export async function eventually<T>(attempt: () => Promise<T> | T): Promise<NonNullable<T>> {
  let last: unknown;
  for (let turn = 0; turn < 2400; turn += 1) {
    try {
      const value = await attempt();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await systemClock.sleep(50);
  }
  throw new Error("it did not happen", { cause: last });
}

/** The KubeError that `promise` fails with; its code is asserted. */
export async function refusal(promise: Promise<unknown>, code: KubeErrorCode) {
  const error = await promise.then(
    (value) => expect.unreachable(`accepted: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!isKubeError(error)) throw error;
  expect(error.code, error.message).toBe(code);
  return error;
}

/** Reads a watch until `enough` says so; the watch is ended then. */
export async function readWatch(
  client: Client,
  type: ResourceType,
  options: { resourceVersion: string; namespace?: string; labelSelector?: string; fieldSelector?: string },
  enough: (events: WatchEvent[]) => boolean,
): Promise<WatchEvent[]> {
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const limit = AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]);
  try {
    for await (const event of client.watch(type, { ...options, signal: limit })) {
      events.push(event);
      if (enough(events)) break;
    }
  } finally {
    stop.abort();
  }
  return events;
}

/** `ADDED a`, `DELETED b`: what a watch told, bookmarks left out. */
export function story(events: WatchEvent[]): string[] {
  return events
    .filter((event) => event.type !== "BOOKMARK")
    .map((event) => `${event.type} ${event.object.metadata.name}`);
}

export function configMap(namespace: string, name: string, data: Record<string, string> = {}): KubeObject {
  return { metadata: { namespace, name }, data };
}

export function pod(
  namespace: string,
  name: string,
  fields: { finalizers?: string[]; labels?: Record<string, string> } = {},
): KubeObject {
  return {
    metadata: { namespace, name, ...fields },
    spec: { containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }] },
  };
}

/** Runs parts of the contract against one server. */
export function describeParts(
  name: string,
  start: () => Promise<ContractServer>,
  parts: Record<string, ContractPart>,
): void {
  describe(name, () => {
    let scene: Scene | undefined;
    let made = 0;
    beforeAll(async () => {
      const server = await start();
      const client = createClient(server.config);
      const namespace = async () => {
        made += 1;
        const object = await client.create(resources.namespaces, { metadata: { name: `contract-${made}` } });
        return object.metadata.name;
      };
      scene = { server, client, widgets, namespace };
      await serveWidgets(client);
    });
    afterAll(async () => {
      await scene?.client.close();
      await scene?.server[Symbol.asyncDispose]();
    });
    const current = () => {
      if (scene === undefined) throw new Error("the server did not start");
      return scene;
    };
    for (const [part, declare] of Object.entries(parts)) describe(part, () => declare(current));
  });
}
