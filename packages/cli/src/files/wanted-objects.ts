import { AppError, apiVersion, clusterGroups, hostClusters, nestedClusters } from "@inkube/api";
import type { KubeObject, ResourceType } from "@inkube/kube";
import type { Io } from "../io.ts";
import { readDocuments } from "./read-documents.ts";

/** What a file says should be there; a project is written as a Namespace. */
export type WantedObject = {
  name: string;
  labels: Record<string, string> | undefined;
  annotations: Record<string, string> | undefined;
} & ({ kind: "Namespace" } | { kind: "object"; type: ResourceType; namespace: string | undefined; spec: unknown });

/** The order in which they need each other. */
const types: readonly ResourceType[] = [hostClusters, clusterGroups, nestedClusters];

/**
 * Everything that the files hold, lists taken apart, what others need first. Status and whatever else only an API server writes is
 * left out. Throws AppError USAGE for what is none of the kinds that can be applied, or has no name.
 */
export async function readWanted(
  paths: readonly string[],
  project: string,
  io: Pick<Io, "readStdin">,
): Promise<WantedObject[]> {
  const wanted: WantedObject[] = [];
  for (const path of paths) {
    const objects = (await readDocuments(path, io)).flatMap(membersOf);
    if (objects.length === 0) throw new AppError("USAGE", `${path} holds no objects`);
    wanted.push(...objects.map((object) => wantedOf(object, project)));
  }
  return wanted.sort((a, b) => orderOf(a) - orderOf(b));
}

function orderOf(wanted: WantedObject): number {
  return wanted.kind === "Namespace" ? -1 : types.indexOf(wanted.type);
}

function membersOf(document: unknown): Partial<KubeObject>[] {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new AppError("USAGE", "A document of the file is no object", { todo: `Give objects of ${kindsText()}.` });
  }
  const { kind, items } = document as { kind?: unknown; items?: unknown };
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)
    ? items.flatMap(membersOf)
    : [document as Partial<KubeObject>];
}

function wantedOf(object: Partial<KubeObject>, project: string): WantedObject {
  const { kind = "", metadata } = object;
  const { name, labels, annotations } = metadata ?? {};
  if (typeof name !== "string" || name === "") {
    throw new AppError("USAGE", `A ${kind || "document"} of the file has no name`, { todo: "Give it metadata.name." });
  }
  const common = { name, labels, annotations };
  if (kind === "Namespace" && object.apiVersion === "v1") return { kind: "Namespace", ...common };
  const type = types.find((one) => one.kind === kind && object.apiVersion === apiVersion);
  if (!type) {
    throw new AppError("USAGE", `${object.apiVersion ?? "?"} ${kind || "?"} ${name} cannot be applied`, {
      todo: `Give objects of ${kindsText()}.`,
    });
  }
  const namespace = type.namespaced ? (metadata?.namespace ?? project) : undefined;
  return { kind: "object", type, namespace, spec: object.spec, ...common };
}

function kindsText(): string {
  return `${apiVersion}: ${types.map(({ kind }) => kind).join(", ")}, or v1: Namespace for a project`;
}
