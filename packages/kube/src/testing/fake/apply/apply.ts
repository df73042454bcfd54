import type { KubeObject } from "../../../types.ts";
import { ApiFailure } from "../api-failure.ts";
import { asJsonObject } from "../json.ts";
import type { ServedType } from "../registry.ts";
import { type FieldPath, fieldsOf, isWithin, splitPath } from "./field-paths.ts";
import {
  compareFields,
  disown,
  isSameManager,
  type Manager,
  managersOf,
  type Writer,
  withManagers,
} from "./managers.ts";
import { mergeApplied } from "./merge-applied.ts";
import { removeFields } from "./remove-fields.ts";

interface Conflict {
  manager: Manager;
  path: FieldPath;
}

/** `.spec.containers[name="web"].image`, as the real server prints fields. */
function printPath(path: FieldPath): string {
  const parts = splitPath(path).map((element) => {
    if (element.startsWith("f:")) return `.${element.slice(2)}`;
    if (element.startsWith("v:")) return `[=${element.slice(2)}]`;
    const key = Object.entries(asJsonObject(JSON.parse(element.slice(2))));
    return `[${key.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
  });
  return parts.join("");
}

function conflictFailure(conflicts: Conflict[]): ApiFailure {
  const causes = conflicts.map(({ manager, path }) => {
    const subresource = manager.subresource === "" ? "" : ` with subresource "${manager.subresource}"`;
    const when = manager.operation === "Update" ? ` using ${manager.apiVersion}` : "";
    return {
      reason: "FieldManagerConflict",
      message: `conflict with "${manager.name}"${subresource}${when}`,
      field: printPath(path),
    };
  });
  const count = causes.length === 1 ? "1 conflict" : `${causes.length} conflicts`;
  const list = causes.map((cause) => `${cause.message}: ${cause.field}`).join("; ");
  return new ApiFailure(409, "Conflict", `Apply failed with ${count}: ${list}`, { causes });
}

function findConflicts(changed: Set<FieldPath>, others: Manager[]): Conflict[] {
  return others.flatMap((manager) =>
    [...changed].filter((path) => manager.fields.has(path)).map((path) => ({ manager, path })),
  );
}

/** What the applier had applied before and nobody else owns: it goes. */
function abandoned(before: Manager | undefined, now: Set<FieldPath>, others: Manager[]): FieldPath[] {
  const lost = [...(before?.fields ?? [])].filter((path) => !now.has(path));
  const kept = [...now, ...others.flatMap((manager) => [...manager.fields])];
  return lost.filter((path) => !kept.some((other) => isWithin(other, path)));
}

/**
 * Server-side apply: `live` merged with `applied`, without what this manager applied earlier and no longer does.
 * A field that another manager owns and that would change is a 409, unless `force` takes it over.
 * The result carries the new `managedFields`.
 */
export function applyObject(
  type: ServedType,
  live: KubeObject | undefined,
  applied: KubeObject,
  writer: Writer & { force: boolean },
): KubeObject {
  const managers = managersOf(live);
  const mine = managers.find((manager) => isSameManager(manager, writer.name, "Apply", writer.subresource));
  const others = managers.filter((manager) => manager !== mine);
  const fields = new Set(fieldsOf(type, applied).keys());
  const merged = mergeApplied(type, live ?? {}, applied) as KubeObject;
  const { set: changed } = compareFields(type, live, merged);
  const conflicts = findConflicts(changed, others);
  if (conflicts.length > 0 && !writer.force) throw conflictFailure(conflicts);
  const remaining = disown(others, new Set(conflicts.map((conflict) => conflict.path)));
  const result = removeFields(merged, abandoned(mine, fields, remaining)) as KubeObject;
  const entry: Manager = {
    name: writer.name,
    operation: "Apply",
    subresource: writer.subresource,
    apiVersion: applied.apiVersion ?? "",
    time: mine !== undefined && sameSet(mine.fields, fields) ? mine.time : writer.time,
    fields,
  };
  return withManagers(result, [entry, ...remaining]);
}

function sameSet(left: Set<FieldPath>, right: Set<FieldPath>): boolean {
  return left.size === right.size && [...left].every((path) => right.has(path));
}
