import { createHash } from "node:crypto";
import type { KubeObject } from "../../types.ts";
import { type ApiContext, findObject, newUid, type Target, timestamp, type WriteContext } from "./api-context.ts";
import { ApiFailure, badRequest, conflict, invalid, noSuchResource, notFound } from "./api-failure.ts";
import { type DeletionRequest, deleteObject } from "./delete-object.ts";
import { asJsonObject, isJsonObject, valueAt } from "./json.ts";
import { typeKey } from "./registry.ts";
import { parseLabelSelector } from "./selectors.ts";
import { updateObject } from "./update-object.ts";

/** The issuer that fake tokens name. */
export const tokenIssuer = "https://kubernetes.default.svc.cluster.local";

function success(): KubeObject {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } as unknown as KubeObject;
}

function require(context: ApiContext, target: Target): KubeObject {
  const object = findObject(context, target);
  if (object === undefined) throw notFound(target.type, target.name);
  return object;
}

/** POST to `pods/<name>/binding`: puts an unassigned pod on a node. */
function bind(context: ApiContext, target: Target, write: WriteContext, body: unknown): KubeObject {
  const node = valueAt(body, "target", "name");
  if (typeof node !== "string" || node === "") throw badRequest("a binding names its target");
  if (valueAt(body, "metadata", "name") !== target.name) {
    throw badRequest("name in URL does not match name in Binding object");
  }
  const now = timestamp(context.clock.now());
  updateObject(context, target, { ...write, subresource: "binding" }, (pod) => {
    const assigned = valueAt(pod, "spec", "nodeName");
    if (pod.metadata.deletionTimestamp !== undefined) {
      throw conflict(target.type, target.name, `pod ${target.name} is being deleted, cannot be assigned to a host`);
    }
    if (assigned) {
      throw conflict(target.type, target.name, `pod ${target.name} is already assigned to node "${assigned}"`);
    }
    const given = valueAt(pod, "status", "conditions");
    const others = (Array.isArray(given) ? given : []).filter((condition) => condition.type !== "PodScheduled");
    const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now };
    return {
      ...pod,
      spec: { ...asJsonObject(pod.spec), nodeName: node },
      status: { ...asJsonObject(pod.status), conditions: [...others, scheduled] },
    };
  });
  return success();
}

function checkDisruptionBudgets(context: ApiContext, pod: KubeObject): void {
  for (const [, budget] of context.store.list("poddisruptionbudgets.policy")) {
    if (budget.metadata.namespace !== pod.metadata.namespace) continue;
    const labels = asJsonObject(valueAt(budget, "spec", "selector", "matchLabels"));
    const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    if (text.length === 0 || !parseLabelSelector(text.join(","))(pod)) continue;
    if (valueAt(budget, "status", "disruptionsAllowed") !== 0) continue;
    const causes = [
      { reason: "DisruptionBudget", message: `The disruption budget ${budget.metadata.name} needs more healthy pods` },
    ];
    throw new ApiFailure(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes,
      retryAfterSeconds: 10,
    });
  }
}

/** POST to `pods/<name>/eviction`: a deletion that PodDisruptionBudgets can refuse with 429. */
function evict(context: ApiContext, target: Target, write: WriteContext, body: unknown): KubeObject {
  const pod = require(context, target);
  checkDisruptionBudgets(context, pod);
  const options = asJsonObject(valueAt(body, "deleteOptions"));
  deleteObject(context, target, { ...(options as Omit<DeletionRequest, "dryRun">), dryRun: write.dryRun });
  return success();
}

/** The object that a token is bound to; a 404 or 409 when that one does not exist. */
function checkBinding(context: ApiContext, account: KubeObject, reference: unknown): Record<string, unknown> {
  const { namespace = "" } = account.metadata;
  if (!isJsonObject(reference)) return {};
  const plural = { Pod: "pods", Secret: "secrets", Node: "nodes" }[String(reference.kind)];
  const type = plural === undefined ? undefined : context.registry.find("", "v1", plural);
  if (type === undefined) throw badRequest(`cannot bind token for serviceaccount to type ${reference.kind}`);
  const bound = require(context, { type, namespace: type.namespaced ? namespace : "", name: String(reference.name) });
  const { name, uid } = bound.metadata;
  if (reference.uid !== undefined && reference.uid !== uid) {
    const why = `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict(type, name, why);
  }
  if (type.kind === "Pod" && (valueAt(bound, "spec", "serviceAccountName") ?? "") !== account.metadata.name) {
    const text = `cannot bind token for serviceaccount "${account.metadata.name}" to pod running with different serviceaccount name.`;
    throw badRequest(text);
  }
  return { [type.kind.toLowerCase()]: { name, uid } };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** POST to `serviceaccounts/<name>/token`: a token of the requested audience and lifetime, signed by nobody. */
function issueToken(context: ApiContext, target: Target, body: unknown): KubeObject {
  const account = require(context, target);
  const spec = asJsonObject(valueAt(body, "spec"));
  const lifetime = typeof spec.expirationSeconds === "number" ? spec.expirationSeconds : 3600;
  if (lifetime < 600) {
    const message = `Invalid value: ${lifetime}: may not specify a duration less than 10 minutes`;
    const type = { ...target.type, group: "authentication.k8s.io", kind: "TokenRequest", plural: "tokenrequests" };
    throw invalid(type, "", [{ reason: "FieldValueInvalid", message, field: "spec.expirationSeconds" }]);
  }
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences : [tokenIssuer];
  const issued = Math.floor(context.clock.now() / 1000);
  const { name, uid, namespace = "" } = account.metadata;
  const claims = {
    aud: audiences,
    exp: issued + lifetime,
    iat: issued,
    iss: tokenIssuer,
    jti: newUid(context),
    "kubernetes.io": {
      namespace,
      serviceaccount: { name, uid },
      ...checkBinding(context, account, spec.boundObjectRef),
    },
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const payload = `${encode({ alg: "none", kid: "fake" })}.${encode(claims)}`;
  const token = `${payload}.${createHash("sha256").update(payload).digest("base64url")}`;
  const expirationTimestamp = timestamp((issued + lifetime) * 1000);
  return {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: { name, namespace, creationTimestamp: timestamp(context.clock.now()) },
    spec: { ...spec, audiences, expirationSeconds: lifetime },
    status: { token, expirationTimestamp },
  };
}

/** POST to a subresource of an existing object. */
export function createSubresource(context: ApiContext, target: Target, write: WriteContext, body: unknown): KubeObject {
  switch (`${typeKey(target.type)}/${write.subresource}`) {
    case "pods./binding":
      return bind(context, target, write, body);
    case "pods./eviction":
      return evict(context, target, write, body);
    case "serviceaccounts./token":
      return issueToken(context, target, body);
    default:
      throw noSuchResource();
  }
}
