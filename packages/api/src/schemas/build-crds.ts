import { z } from "zod";
import type { CustomResourceDefinition } from "../crds.ts";
import { version } from "../labels.ts";
import { clusterGroups, hostClusters, nestedClusters } from "../resource-types.ts";
import { clusterGroupSpec, clusterGroupStatus } from "./cluster-group.ts";
import { hostClusterSpec, hostClusterStatus } from "./host-cluster.ts";
import { nestedClusterRules, nestedClusterSpec, nestedClusterStatus } from "./nested-cluster.ts";

interface Column {
  name: string;
  jsonPath: string;
  type?: "string" | "integer" | "date";
  /** 1 shows the column only with -o wide. */
  priority?: number;
  description?: string;
}

/** The part of an OpenAPI schema that is touched here. */
interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  default?: unknown;
  type?: unknown;
  format?: unknown;
  pattern?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  anyOf?: unknown;
  "x-kubernetes-int-or-string"?: unknown;
}

interface Kind {
  type: { group: string; plural: string; kind: string; namespaced: boolean };
  singular: string;
  shortName: string;
  description: string;
  spec: z.ZodType;
  status: z.ZodType;
  /** Merged into the root schema: rules about the whole object. */
  root: object;
  columns: Column[];
}

const kinds: Kind[] = [
  {
    type: hostClusters,
    singular: "hostcluster",
    shortName: "hc",
    description: "What a host offers to nested clusters, and what is known of it.",
    spec: hostClusterSpec,
    status: hostClusterStatus,
    root: {},
    columns: [
      { name: "Phase", jsonPath: ".status.phase" },
      { name: "Access", jsonPath: ".spec.access", priority: 1 },
      { name: "Distro", jsonPath: ".spec.defaultDistro" },
      { name: "Version", jsonPath: ".status.version" },
      { name: "Nodes", jsonPath: ".status.nodes", type: "integer" },
      { name: "Ready", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: "Heartbeat", jsonPath: ".status.heartbeat", type: "date", priority: 1 },
      { name: "Age", jsonPath: ".metadata.creationTimestamp", type: "date" },
    ],
  },
  {
    type: clusterGroups,
    singular: "clustergroup",
    shortName: "cg",
    description: "Hosts that are one place to put nested clusters, and the rules that hold there.",
    spec: clusterGroupSpec,
    status: clusterGroupStatus,
    root: {},
    columns: [
      { name: "Endpoint", jsonPath: ".spec.endpointType" },
      { name: "Clusters", jsonPath: ".status.clusters", type: "integer" },
      { name: "Ready", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: "Age", jsonPath: ".metadata.creationTimestamp", type: "date" },
    ],
  },
  {
    type: nestedClusters,
    singular: "nestedcluster",
    shortName: "nc",
    description: "A Kubernetes cluster of its own whose control plane and workloads run in one namespace of a host.",
    spec: nestedClusterSpec,
    status: nestedClusterStatus,
    root: nestedClusterRules,
    columns: [
      { name: "Distro", jsonPath: ".status.distro" },
      { name: "Version", jsonPath: ".status.version" },
      { name: "Phase", jsonPath: ".status.phase" },
      { name: "Ready", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: "Host", jsonPath: ".status.host", priority: 1 },
      { name: "Endpoint", jsonPath: ".status.endpoint.url", priority: 1 },
      { name: "Age", jsonPath: ".metadata.creationTimestamp", type: "date" },
    ],
  },
];

/** Builds every CustomResourceDefinition. The result is the same on each call. */
export function buildCrds(): CustomResourceDefinition[] {
  return kinds.map(({ type, singular, shortName, columns, ...kind }) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${type.plural}.${type.group}` },
    spec: {
      group: type.group,
      scope: type.namespaced ? "Namespaced" : "Cluster",
      names: {
        plural: type.plural,
        singular,
        kind: type.kind,
        listKind: `${type.kind}List`,
        shortNames: [shortName],
        categories: ["inkube"],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns.map((column) => ({ type: "string", ...column })),
          schema: { openAPIV3Schema: rootSchema(kind) },
        },
      ],
    },
  }));
}

function rootSchema(kind: Pick<Kind, "description" | "spec" | "status" | "root">): object {
  return {
    type: "object",
    description: kind.description,
    ...kind.root,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      // Restates what the API server enforces anyway; rules need it to point at the field.
      metadata: { type: "object", properties: { name: { type: "string", maxLength: 253 } } },
      spec: expandDefault({ ...structural(kind.spec), default: {} }),
      status: structural(kind.status),
    },
  };
}

/**
 * Writes out a default `{}` with the defaults of its properties, deeply: the API server would fill them in as well,
 * but it checks rules against a default as it is written.
 */
function expandDefault(node: SchemaNode): SchemaNode {
  const properties = Object.entries(node.properties ?? {}).map(([key, child]) => [key, expandDefault(child)] as const);
  if (properties.length === 0) return node;
  const expanded = { ...node, properties: Object.fromEntries(properties) };
  if (node.default === undefined) return expanded;
  const defaults = properties
    .filter(([, child]) => child.default !== undefined)
    .map(([key, child]) => [key, child.default]);
  return { ...expanded, default: Object.fromEntries(defaults) };
}

/** The structural OpenAPI schema of what people write. */
function structural(schema: z.ZodType): SchemaNode {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    override: ({ jsonSchema }) => {
      const node = jsonSchema as SchemaNode;
      if (node["x-kubernetes-int-or-string"]) delete node.anyOf;
      // A datetime's pattern repeats what its format says, at a length that nobody can read.
      if (node.format === "date-time") delete node.pattern;
      if (node.type === "integer") tidyInteger(node);
    },
  }) as SchemaNode & { $schema?: unknown };
  return json;
}

/** Number types without limits of their own come with those of the type; formats say that better. */
function tidyInteger(node: SchemaNode): void {
  const typeLimits = [Number.MAX_SAFE_INTEGER, 2 ** 31 - 1];
  if (typeLimits.includes(node.maximum as number)) {
    node.format ??= node.maximum === 2 ** 31 - 1 ? "int32" : "int64";
    delete node.maximum;
  }
  if (node.minimum === Number.MIN_SAFE_INTEGER || node.minimum === -(2 ** 31)) delete node.minimum;
}
