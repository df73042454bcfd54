import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "@inkube/kube";
import { metadataPatch } from "../owned-keys.ts";
import { ownAnnotations } from "../ownership.ts";
import { shortHash } from "../short-hash.ts";
import { type Json, optional, record, records, stringMap, text } from "../untyped.ts";
import { readinessGates } from "./status.ts";

export interface HostPatch {
  subresource?: string;
  type: "merge" | "strategic";
  body: object;
}

function images(spec: Json, list: string): [unknown, unknown][] {
  return records(spec[list]).map(({ name, image }) => [name, image]);
}

function resourcesOf(spec: Json, list: string): [unknown, unknown][] {
  return records(spec[list]).map(({ name, resources }) => [name, resources ?? {}]);
}

/**
 * Hash of the fields of a pod that may change after its creation. Kept on the host pod, it tells a change inside from what the host's
 * own webhooks and limits made of the pod, which is left alone.
 */
export function mutableHash(spec: Json): string {
  const mutable = [
    images(spec, "initContainers"),
    images(spec, "containers"),
    resourcesOf(spec, "initContainers"),
    resourcesOf(spec, "containers"),
    spec.activeDeadlineSeconds ?? null,
    spec.tolerations ?? [],
  ];
  return shortHash(JSON.stringify(mutable));
}

function changedImages(host: Json, wanted: Json, list: string): Json {
  const present = new Map(images(host, list));
  const changed = records(wanted[list])
    .filter(({ name, image }) => present.has(name) && present.get(name) !== image)
    .map(({ name, image }) => ({ name, image }));
  return changed.length > 0 ? { [list]: changed } : {};
}

/** Tolerations may only be added to; the host's own stay. */
function moreTolerations(host: Json, wanted: Json): Json {
  const present = records(host.tolerations);
  const missing = records(wanted.tolerations).filter(
    (toleration) => !present.some((other) => isDeepStrictEqual(other, toleration)),
  );
  return missing.length > 0 ? { tolerations: [...present, ...missing] } : {};
}

function specPatch(host: Json, wanted: Json): Json {
  const deadline = wanted.activeDeadlineSeconds;
  return {
    ...changedImages(host, wanted, "initContainers"),
    ...changedImages(host, wanted, "containers"),
    ...moreTolerations(host, wanted),
    ...optional("activeDeadlineSeconds", deadline === host.activeDeadlineSeconds ? undefined : deadline),
  };
}

function quantities(container: Json): Record<string, string> {
  const resources = record(container.resources);
  const named = ["requests", "limits"].flatMap((kind) =>
    Object.entries(stringMap(resources[kind])).map(([resource, quantity]) => [`${kind}/${resource}`, quantity]),
  );
  return Object.fromEntries(named);
}

function resizedContainers(host: Json, wanted: Json, list: string): Json {
  const present = new Map(records(host[list]).map((container) => [container.name, quantities(container)]));
  const resized = records(wanted[list])
    .filter((container) => {
      const have = present.get(container.name);
      return have && Object.entries(quantities(container)).some(([key, quantity]) => have[key] !== quantity);
    })
    .map(({ name, resources }) => {
      const { requests, limits } = record(resources);
      return { name, resources: { ...optional("requests", requests), ...optional("limits", limits) } };
    });
  return resized.length > 0 ? { [list]: resized } : {};
}

function ephemeralPatch(host: Json, wanted: Json): HostPatch[] {
  const present = new Set(records(host.ephemeralContainers).map(({ name }) => name));
  const added = records(wanted.ephemeralContainers).filter(({ name }) => !present.has(name));
  if (added.length === 0) return [];
  const body = { spec: { ephemeralContainers: added } };
  return [{ subresource: "ephemeralcontainers", type: "strategic", body }];
}

/** Readiness gates that are set inside and on the host not, or otherwise. */
function gatesPatch(host: KubeObject, wanted: KubeObject): HostPatch[] {
  const gates = readinessGates(wanted);
  const present = new Map(records(record(host.status).conditions).map((condition) => [condition.type, condition]));
  const changed = records(record(wanted.status).conditions).filter((condition) => {
    if (!gates.has(text(condition.type))) return false;
    const have = present.get(condition.type);
    return ["status", "reason", "message"].some((field) => text(have?.[field]) !== text(condition[field]));
  });
  if (changed.length === 0) return [];
  return [{ subresource: "status", type: "strategic", body: { status: { conditions: changed } } }];
}

/**
 * The patches that bring a live host pod to what is wanted: resize, then metadata with images, tolerations and deadline, then
 * ephemeral containers and readiness gates. The hash is written with the second, so that a refused resize is tried again.
 */
export function podUpdate(host: KubeObject, wanted: KubeObject): HostPatch[] {
  const hostSpec = record(host.spec);
  const wantedSpec = record(wanted.spec);
  const patches: HostPatch[] = [];
  const hash = ownAnnotations.mutableHash;
  const changed = host.metadata.annotations?.[hash] !== wanted.metadata.annotations?.[hash];
  if (changed) {
    const resized = {
      ...resizedContainers(hostSpec, wantedSpec, "initContainers"),
      ...resizedContainers(hostSpec, wantedSpec, "containers"),
    };
    if (Object.keys(resized).length > 0)
      patches.push({ subresource: "resize", type: "strategic", body: { spec: resized } });
  }
  const metadata = metadataPatch(host, wanted);
  const spec = changed ? specPatch(hostSpec, wantedSpec) : {};
  const body = { ...optional("metadata", metadata), ...(Object.keys(spec).length > 0 ? { spec } : {}) };
  if (Object.keys(body).length > 0) patches.push({ type: "strategic", body });
  return [...patches, ...ephemeralPatch(hostSpec, wantedSpec), ...gatesPatch(host, wanted)];
}
