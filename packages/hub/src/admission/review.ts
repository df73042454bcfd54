import type { NestedCluster } from "@inkube/api";
import {
  AppError,
  type ClusterGroup,
  clusterGroups,
  type HostCluster,
  hostClusters,
  nestedClusters,
} from "@inkube/api";
import { clusterGroupSchema, hostClusterSchema, nestedClusterSchema } from "@inkube/api/schemas";
import { type KubeObject, parseQuantity, type ResourceType, resources } from "@inkube/kube";
import { z } from "zod";

/** A change that the API server asks about. */
export interface Review<T = unknown> {
  uid: string;
  operation: "CREATE" | "UPDATE" | "DELETE";
  name: string;
  namespace: string;
  dryRun: boolean;
  user: { name: string; groups: readonly string[] };
  /** As it would be stored; absent when it is deleted. */
  object?: T;
  /** As it is stored; absent when it is created. */
  oldObject?: T;
}

/** What is reviewed, and what such an object must look like to be judged. */
export interface ReviewedKind<T> {
  type: ResourceType;
  schema: z.ZodType<T>;
}

const metadata = z.looseObject({
  name: z.string().default(""),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const amounts = z.looseObject({ cpu: z.unknown(), memory: z.unknown(), storage: z.unknown() });

function areQuantities(values: z.output<typeof amounts>): boolean {
  try {
    for (const value of [values.cpu, values.memory, values.storage]) parseQuantity(String(value));
    return true;
  } catch {
    return false;
  }
}

/** Only what every object has: enough for what is looked at before the API server has checked the rest. */
const anyObject = z.looseObject({ metadata }) as unknown as z.ZodType<KubeObject>;

const cluster = nestedClusterSchema.extend({ metadata }).refine(({ spec }) => areQuantities(spec.size));
const group = clusterGroupSchema
  .extend({ metadata })
  .refine(({ spec }) => areQuantities(spec.limits) && areQuantities(spec.minimum));

/** Everything that is reviewed. */
export const reviewedKinds = {
  /** Before the API server has checked it. */
  owner: { type: nestedClusters, schema: anyObject } as ReviewedKind<KubeObject>,
  cluster: { type: nestedClusters, schema: cluster as unknown as z.ZodType<NestedCluster> },
  host: { type: hostClusters, schema: hostClusterSchema.extend({ metadata }) as unknown as z.ZodType<HostCluster> },
  group: { type: clusterGroups, schema: group as unknown as z.ZodType<ClusterGroup> },
  project: { type: resources.namespaces, schema: anyObject } as ReviewedKind<KubeObject>,
} as const;

const envelope = z.looseObject({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  request: z.looseObject({
    uid: z.string().min(1).max(128),
    operation: z.enum(["CREATE", "UPDATE", "DELETE"]),
    name: z.string().default(""),
    namespace: z.string().default(""),
    dryRun: z.boolean().default(false),
    subResource: z.literal("").optional(),
    resource: z.looseObject({ group: z.string(), resource: z.string() }),
    userInfo: z.looseObject({ username: z.string().min(1), groups: z.array(z.string()).default([]) }),
    object: z.unknown().optional(),
    oldObject: z.unknown().optional(),
  }),
});

/** Reads an AdmissionReview v1 about one kind. Throws AppError USAGE for anything else. */
export function readReview<T>(body: unknown, { type, schema }: ReviewedKind<T>): Review<T> {
  const { data } = envelope.safeParse(body);
  if (!data) throw notReview("this is no AdmissionReview of admission.k8s.io/v1");
  const { uid, operation, name, namespace, dryRun, resource, userInfo } = data.request;
  if (resource.group !== type.group || resource.resource !== type.plural) {
    throw notReview(`only ${type.plural} are reviewed here`);
  }
  const read = (value: unknown, needed: boolean): T | undefined => {
    if (!needed) return undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw notReview(`the object is no ${type.kind}`);
    return parsed.data;
  };
  const object = read(data.request.object, operation !== "DELETE");
  const oldObject = read(data.request.oldObject, operation === "UPDATE");
  const user = { name: userInfo.username, groups: userInfo.groups };
  const common = { uid, operation, name, namespace, dryRun, user };
  return { ...common, ...(object !== undefined && { object }), ...(oldObject !== undefined && { oldObject }) };
}

function notReview(why: string): AppError {
  return new AppError("USAGE", `The review cannot be understood: ${why}`);
}
