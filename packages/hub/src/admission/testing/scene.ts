import {
  apiVersion,
  clusterGroups,
  type FieldError,
  fieldErrors,
  hostClusters,
  type NestedCluster,
  nestedClusters,
} from "@inkube/api";
import { type Client, isKubeError, type KubeObject } from "@inkube/kube";
import type { LightMyRequestResponse } from "fastify";
import { expect } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import type { TestHub } from "../../testing/test-hub.ts";

/** Somebody, by both of his ways: past the hub as with kubectl, and by its HTTP API. */
export interface Caller {
  client: Client;
  key: string;
}

export async function callerOf(test: TestHub, user: string, groups: readonly string[] = []): Promise<Caller> {
  return { client: test.as(user, groups), key: await test.keyFor(user, groups) };
}

/** What became of a change: refused with these fields, or not refused. */
export interface Outcome {
  status: number;
  fields: FieldError[];
}

export const accepted: Outcome = { status: 200, fields: [] };

type Kind = typeof nestedClusters | typeof hostClusters | typeof clusterGroups;

export const host = (name: string, spec: object = {}): KubeObject => ({
  apiVersion,
  kind: hostClusters.kind,
  metadata: { name },
  spec: { nesting: true, endpoint: { type: "Hub" }, ...spec },
});

export const group = (name: string, hosts: (string | object)[], spec: object = {}): KubeObject => ({
  apiVersion,
  kind: clusterGroups.kind,
  metadata: { name },
  spec: { hosts: hosts.map((one) => (typeof one === "string" ? { name: one } : one)), ...spec },
});

export const size = (cpu: number, memory: number, storage: number) => ({
  cpu: `${cpu}`,
  memory: `${memory}Gi`,
  storage: `${storage}Gi`,
});

export const cluster = (name: string, spec: object = {}, namespace = "default"): KubeObject => ({
  apiVersion,
  kind: nestedClusters.kind,
  metadata: { name, namespace },
  spec: { size: size(4, 4, 2), ...spec },
});

function pathOf(type: Kind, { namespace, name }: { namespace?: string; name?: string }): string {
  const collection = {
    NestedCluster: `projects/${namespace}/clusters`,
    HostCluster: "hosts",
    ClusterGroup: "groups",
  }[type.kind];
  return `/api/v1/${collection}${name === undefined ? "" : `/${name}`}`;
}

function ofAnswer(answer: LightMyRequestResponse): Outcome {
  if (answer.statusCode < 300) return accepted;
  const { error } = answer.json() as { error: { fields?: FieldError[] } };
  return { status: answer.statusCode, fields: error.fields ?? [] };
}

async function ofAttempt(attempt: Promise<unknown>): Promise<Outcome> {
  try {
    await attempt;
    return accepted;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return { status: error.status, fields: fieldErrors(error.details) };
  }
}

/** What both ways say, which must be the same. */
async function alike(http: Promise<LightMyRequestResponse>, direct: Promise<unknown>): Promise<Outcome> {
  const [one, other] = await Promise.all([http.then(ofAnswer), ofAttempt(direct)]);
  expect(one).toEqual(other);
  return one;
}

/** Creates it when both ways would, tried dry first; nothing is there after a dry run or a refusal. */
export async function tryCreate(
  test: TestHub,
  { client, key }: Caller,
  type: Kind,
  object: KubeObject,
): Promise<Outcome> {
  const { name, namespace } = object.metadata;
  const ref = { name, ...(namespace !== undefined && { namespace }) };
  const path = pathOf(type, namespace === undefined ? {} : { namespace });
  const dry = await alike(
    test.call(key, "POST", `${path}?dryRun=true`, object),
    client.create(type, object, { dryRun: true }),
  );
  expect(await test.admin.get(type, ref)).toBeUndefined();
  if (dry.status === accepted.status) return ofAnswer(await test.call(key, "POST", path, object));
  expect(await alike(test.call(key, "POST", path, object), client.create(type, object))).toEqual(dry);
  expect(await test.admin.get(type, ref)).toBeUndefined();
  return dry;
}

/** Changes it when both ways would, tried dry first; it is as before after a refusal. */
export async function tryPatch(
  test: TestHub,
  { client, key }: Caller,
  type: Kind,
  ref: { name: string; namespace?: string },
  patch: object,
): Promise<Outcome> {
  const before = await test.admin.get(type, ref);
  const path = pathOf(type, ref);
  const dry = await alike(
    test.call(key, "PATCH", `${path}?dryRun=true`, patch),
    client.patch(type, ref, patch, { type: "merge", dryRun: true }),
  );
  expect((await test.admin.get(type, ref))?.spec).toEqual(before?.spec);
  const real = ofAnswer(await test.call(key, "PATCH", path, patch));
  expect(real).toEqual(dry);
  if (real.status !== accepted.status) expect((await test.admin.get(type, ref))?.spec).toEqual(before?.spec);
  return real;
}

/** A deletion that both ways refuse alike. */
export async function refusedDelete(
  test: TestHub,
  { client, key }: Caller,
  type: Kind,
  ref: { name: string; namespace?: string },
): Promise<Outcome> {
  const outcome = await alike(test.call(key, "DELETE", pathOf(type, ref)), client.delete(type, ref));
  expect((await test.admin.get(type, ref))?.metadata.deletionTimestamp).toBeUndefined();
  return outcome;
}

/** A host whose agent reported this much. */
export async function makeHost(test: TestHub, name: string, spec: object = {}, cpu = 16): Promise<void> {
  await test.admin.create(hostClusters, host(name, spec));
  const capacity = { cpu: String(cpu), memory: "1Ti", "ephemeral-storage": "1Ti" };
  const status = { capacity, heartbeat: "2999-01-01T00:00:00Z" };
  await test.admin.patch(hostClusters, { name }, { status }, { type: "merge", subresource: "status" });
}

/** Until the hub has chosen a host for it. */
export function whenPlaced(test: TestHub, name: string, namespace = "default"): Promise<void> {
  return eventually(async () => {
    const object = (await test.admin.get(nestedClusters, { name, namespace })) as unknown as NestedCluster;
    expect(object.status?.host).toBeDefined();
  });
}

/** Takes it away, though no agent says that its host has nothing left of it. */
export async function removeCluster(test: TestHub, name: string, namespace = "default"): Promise<void> {
  const ref = { name, namespace };
  await test.admin.delete(nestedClusters, ref);
  await eventually(async () => {
    if (!(await test.admin.get(nestedClusters, ref))) return;
    await test.admin.patch(nestedClusters, ref, { metadata: { finalizers: null } }, { type: "merge" });
    expect(await test.admin.get(nestedClusters, ref)).toBeUndefined();
  });
}
