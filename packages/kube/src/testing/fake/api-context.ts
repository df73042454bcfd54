import type { Clock, KubeObject } from "../../types.ts";
import { type ServedType, type TypeRegistry, typeKey } from "./registry.ts";
import type { ObjectStore } from "./store.ts";

/** What every operation of the fake server works on. */
export interface ApiContext {
  store: ObjectStore;
  registry: TypeRegistry;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  /** Namespaced objects need their namespace to exist. */
  requireNamespaces: boolean;
}

/** Options that writes share; `manager` is the field manager. */
export interface WriteContext {
  manager: string;
  dryRun: boolean;
  subresource?: string;
}

/** Names one object; `namespace` is "" for cluster-scoped kinds. */
export interface Target {
  type: ServedType;
  namespace: string;
  name: string;
}

/** The key of an object inside its type; sorts as the real server lists. */
export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace ?? "", object.metadata.name);
}

export function findObject(context: ApiContext, target: Target): KubeObject | undefined {
  return context.store.get(typeKey(target.type), objectKey(target.namespace, target.name));
}

/** RFC 3339 with seconds, as the API prints times. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A version 4 UUID from the context's own random source. */
export function newUid(context: ApiContext): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(context.random() * 16).toString(16));
  digits[12] = "4";
  digits[16] = "8";
  const hex = digits.join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const suffixLetters = "bcdfghjklmnpqrstvwxz2456789";

/** The five characters that `generateName` gets. */
export function nameSuffix(context: ApiContext): string {
  const letter = () => suffixLetters[Math.floor(context.random() * suffixLetters.length)] ?? "x";
  return Array.from({ length: 5 }, letter).join("");
}
