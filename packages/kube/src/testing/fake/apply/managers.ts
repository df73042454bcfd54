import type { KubeObject } from "../../../types.ts";
import { sameJson } from "../json.ts";
import type { ServedType } from "../registry.ts";
import { type FieldPath, fieldsOf, fromFieldsV1, isWithin, toFieldsV1 } from "./field-paths.ts";

/** One entry of `managedFields`, its fields as a set. */
export interface Manager {
  name: string;
  operation: "Apply" | "Update";
  subresource: string;
  apiVersion: string;
  time: string;
  fields: Set<FieldPath>;
}

/** Who writes, as far as ownership goes. */
export interface Writer {
  name: string;
  subresource: string;
  /** RFC 3339. */
  time: string;
}

interface ManagedFieldsEntry {
  manager?: string;
  operation?: string;
  subresource?: string;
  apiVersion?: string;
  time?: string;
  fieldsV1?: unknown;
}

/** Reads the managers of an object; none for an object without `managedFields`. */
export function managersOf(object: KubeObject | undefined): Manager[] {
  const entries = object?.metadata.managedFields;
  if (!Array.isArray(entries)) return [];
  return (entries as ManagedFieldsEntry[]).map((entry) => ({
    name: entry.manager ?? "",
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    subresource: entry.subresource ?? "",
    apiVersion: entry.apiVersion ?? "",
    time: entry.time ?? "",
    fields: fromFieldsV1(entry.fieldsV1),
  }));
}

/** The object with these managers; those who own nothing are left out. */
export function withManagers(object: KubeObject, managers: Manager[]): KubeObject {
  const entries = managers
    .filter((manager) => manager.fields.size > 0)
    .map((manager) => ({
      manager: manager.name,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      time: manager.time,
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(manager.fields),
      ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
    }));
  const { managedFields: _old, ...metadata } = object.metadata;
  return { ...object, metadata: entries.length > 0 ? { ...metadata, managedFields: entries } : metadata };
}

export function isSameManager(manager: Manager, name: string, operation: string, subresource: string): boolean {
  return manager.name === name && manager.operation === operation && manager.subresource === subresource;
}

/** Fields whose value is not the same in both objects; `set` exist afterwards, `removed` do not. */
export function compareFields(
  type: ServedType,
  before: KubeObject | undefined,
  after: KubeObject,
): { set: Set<FieldPath>; removed: Set<FieldPath> } {
  const old = before ? fieldsOf(type, before) : new Map<FieldPath, unknown>();
  const now = fieldsOf(type, after);
  const set = new Set<FieldPath>();
  for (const [path, value] of now) if (!old.has(path) || !sameJson(old.get(path), value)) set.add(path);
  const removed = new Set<FieldPath>();
  for (const path of old.keys()) if (!now.has(path)) removed.add(path);
  return { set, removed };
}

/** Takes from every manager the fields that `gone` names, and what lies below those. */
export function disown(managers: Manager[], gone: Set<FieldPath>): Manager[] {
  if (gone.size === 0) return managers;
  return managers.map((manager) => ({
    ...manager,
    fields: new Set([...manager.fields].filter((path) => !isGone(path, gone))),
  }));
}

function isGone(path: FieldPath, gone: Set<FieldPath>): boolean {
  if (gone.has(path)) return true;
  for (const ancestor of gone) if (isWithin(path, ancestor)) return true;
  return false;
}

/**
 * Ownership after a write that is no apply: the writer owns what it changed, nobody else does any more,
 * and what it removed has no owner.
 */
export function trackUpdate(
  type: ServedType,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): KubeObject {
  const { set, removed } = compareFields(type, before, after);
  const managers = managersOf(before);
  if (set.size === 0 && removed.size === 0) return withManagers(after, managers);
  const mine = managers.find((manager) => isSameManager(manager, writer.name, "Update", writer.subresource));
  const others = disown(
    managers.filter((manager) => manager !== mine),
    new Set([...set, ...removed]),
  );
  const kept = [...(mine?.fields ?? [])].filter((path) => !removed.has(path));
  const entry: Manager = {
    name: writer.name,
    operation: "Update",
    subresource: writer.subresource,
    apiVersion: after.apiVersion ?? "",
    time: writer.time,
    fields: new Set([...kept, ...set]),
  };
  return withManagers(after, [...others, entry]);
}
