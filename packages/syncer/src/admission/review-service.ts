import { hostName } from "@inkube/api";
import { isKubeError } from "@inkube/kube";
import type { ClusterIdentity, ClusterView } from "../cluster-view.ts";
import { patchFor, serviceForHost } from "./service-patch.ts";
import { hasAddress, type ServiceRequest, specOf } from "./service-request.ts";
import { probe, probeReason } from "./webhook-names.ts";

/** The `response` of an AdmissionReview. */
export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  patchType?: "JSONPatch";
  /** Base64 of the JSON Patch. */
  patch?: string;
  status?: { code: number; reason?: string; message: string };
}

/**
 * Decides about one Service of a nested cluster. One that will have an address gets it from the host first; when the host
 * refuses, so does the answer, in the tenant's terms. Never throws.
 */
export async function reviewService(
  view: ClusterView,
  request: ServiceRequest,
  options: { random: () => number; signal: AbortSignal },
): Promise<AdmissionResponse> {
  const { uid, dryRun } = request;
  if (dryRun && request.namespace === probe.namespace && request.name === probe.name) {
    return {
      uid,
      allowed: false,
      status: { code: 422, reason: probeReason, message: "admission of services is in place" },
    };
  }
  const isApiService = request.namespace === "default" && request.name === "kubernetes";
  if (isApiService || !hasAddress(specOf(request.object))) return { uid, allowed: true };
  const service = serviceForHost(request, options.random);
  try {
    const update = request.operation === "UPDATE";
    const addresses = await view.ensureHostService(service, { dryRun, update, signal: options.signal });
    const patch = patchFor(request, service, addresses);
    if (patch.length === 0) return { uid, allowed: true };
    return { uid, allowed: true, patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") };
  } catch (error) {
    return { uid, allowed: false, status: refusal(error, view.identity, service.metadata.name, request.namespace) };
  }
}

function refusal(
  error: unknown,
  identity: ClusterIdentity,
  name: string,
  namespace: string,
): { code: number; reason?: string; message: string } {
  if (!isKubeError(error)) return { code: 500, message: "the service could not be prepared on the host" };
  const message = error.explanation
    .replaceAll(hostName(name, namespace, identity.name), name)
    .replaceAll(identity.hostNamespace, namespace);
  if (isKubeError(error, "invalid", "forbidden", "alreadyExists", "conflict")) {
    // A missing right of Inkube itself: what it says is about the host's accounts, and nothing the tenant could change.
    if (message.includes("system:serviceaccount:")) {
      return { code: 500, message: "Inkube is not allowed to make this service on the host" };
    }
    const code = error.status >= 400 ? error.status : 422;
    return { code, ...(error.reason === "" ? {} : { reason: error.reason }), message };
  }
  return {
    code: 503,
    reason: "ServiceUnavailable",
    message: "the host does not answer, so the service has no address yet; try again",
  };
}
