import type { KubeObject } from "@inkube/kube";

/** The part of an AdmissionRequest for a Service that is looked at. */
export interface ServiceRequest {
  uid: string;
  operation: string;
  namespace: string;
  name: string;
  dryRun: boolean;
  object: KubeObject;
  oldObject?: KubeObject;
}

export interface ServicePort {
  port?: number;
  nodePort?: number;
  [field: string]: unknown;
}

export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  ports?: ServicePort[];
  healthCheckNodePort?: number;
  [field: string]: unknown;
}

export class InvalidReview extends Error {}

/** Reads an AdmissionReview v1 about a Service. Throws {@link InvalidReview} when it is something else. */
export function readServiceRequest(review: unknown): ServiceRequest {
  const { apiVersion, kind, request } = asRecord(review);
  if (apiVersion !== "admission.k8s.io/v1" || kind !== "AdmissionReview") {
    throw new InvalidReview("an AdmissionReview of admission.k8s.io/v1 is needed");
  }
  const { uid, operation, namespace, name, dryRun, object, oldObject, resource, subResource } = asRecord(request);
  const { group, resource: plural } = asRecord(resource);
  if (typeof uid !== "string" || uid === "") throw new InvalidReview("the request has no uid");
  if (group !== "" || plural !== "services" || (subResource !== undefined && subResource !== "")) {
    throw new InvalidReview("only services are reviewed here");
  }
  if (operation !== "CREATE" && operation !== "UPDATE")
    throw new InvalidReview("only CREATE and UPDATE are reviewed here");
  if (typeof namespace !== "string" || namespace === "") throw new InvalidReview("the request has no namespace");
  const service = asRecord(object);
  asRecord(service.metadata);
  return {
    uid,
    operation,
    namespace,
    name: typeof name === "string" ? name : "",
    dryRun: dryRun === true,
    object: service as unknown as KubeObject,
    ...(oldObject ? { oldObject: asRecord(oldObject) as unknown as KubeObject } : {}),
  };
}

/** The spec of a Service; empty when there is none. */
export function specOf(service: KubeObject | undefined): ServiceSpec {
  return (service?.spec ?? {}) as ServiceSpec;
}

/** True when a Service of this spec has an address of its own. */
export function hasAddress(spec: ServiceSpec): boolean {
  return spec.type !== "ExternalName" && spec.clusterIP !== "None";
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidReview("not an AdmissionReview");
  return value as Record<string, unknown>;
}
