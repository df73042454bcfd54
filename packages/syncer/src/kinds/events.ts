import { annotations } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import type { EventTranslation, KindContext, PolicyRule } from "./kind.ts";
import { readRule } from "./kind-rules.ts";
import { nestedIdentity } from "./ownership.ts";
import { nestedNameOf, tenantTerms } from "./tenant-terms.ts";
import { type Json, optional, record, text, without } from "./untyped.ts";

const pluralOf: Record<string, string> = {
  Pod: "pods",
  Service: "services",
  Endpoints: "endpoints",
  EndpointSlice: "endpointslices",
  PersistentVolumeClaim: "persistentvolumeclaims",
  ConfigMap: "configmaps",
  Secret: "secrets",
};

/** The API refuses longer messages. */
const maxMessage = 1024;

/** What the syncer needs on the host to read Events. */
export const eventRules: PolicyRule[] = [readRule(resources.events)];

/** The live nested object that a host object reference means. */
function resolve(reference: Json, context: KindContext): { kind: string; nested: KubeObject } | undefined {
  const kind = text(reference.kind);
  const plural = pluralOf[kind];
  const hostName = text(reference.name);
  if (plural === undefined || reference.namespace !== context.cluster.hostNamespace) return undefined;
  const host = context.host(plural, hostName);
  const sameHost = host !== undefined && (!reference.uid || reference.uid === host.metadata.uid);
  const identity = host === undefined ? nestedNameOf(hostName, context, [plural]) : nestedIdentity(host, context);
  if (identity === undefined || (host !== undefined && !sameHost)) return undefined;
  const nested = context.nested(plural, identity.name, identity.namespace);
  if (nested === undefined) return undefined;
  const copied = host?.metadata.annotations?.[annotations.uid];
  return copied === undefined || copied === nested.metadata.uid ? { kind, nested } : undefined;
}

function referenceTo(found: { kind: string; nested: KubeObject }, from: Json): Json {
  const { name, namespace, uid } = found.nested.metadata;
  return {
    kind: found.kind,
    ...optional("apiVersion", from.apiVersion),
    name,
    namespace,
    ...optional("uid", uid),
    ...optional("fieldPath", from.fieldPath),
  };
}

/** Host machines are named only when they are nodes, which tenants see anyway. */
function sourceOf(event: KubeObject, context: KindContext): Json {
  const source = record(event.source);
  const host = text(source.host);
  const component = text(event.reportingComponent);
  const instance = text(event.reportingInstance);
  const isNode = (name: string) => name !== "" && context.nested("nodes", name) !== undefined;
  return {
    source: { ...optional("component", source.component), ...(isNode(host) ? { host } : {}) },
    reportingComponent: component,
    reportingInstance: isNode(instance) ? instance : component,
  };
}

const copiedFields = ["reason", "type", "count", "firstTimestamp", "lastTimestamp", "eventTime", "series", "action"];

/**
 * A host Event as the tenant sees it: about the nested object, named after it, with the message in the tenant's terms. Undefined
 * when it is not about a live synced object of this cluster, or about an earlier host object of the same name.
 */
export const toNestedEvent: EventTranslation = (event, context) => {
  const involved = record(event.involvedObject);
  const found = resolve(involved, context);
  if (found === undefined) return undefined;
  const { name, namespace = "", uid } = found.nested.metadata;
  const hostName = text(involved.name);
  const related = event.related === undefined ? undefined : resolve(record(event.related), context);
  const pair = { hostName, name, namespace, hostUid: text(involved.uid), uid };
  const message = tenantTerms(text(event.message), context, pair);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}${event.metadata.name.slice(event.metadata.name.lastIndexOf("."))}`, namespace },
    involvedObject: referenceTo(found, involved),
    ...without(Object.fromEntries(copiedFields.map((field) => [field, event[field]]))),
    message: message.length > maxMessage ? `${message.slice(0, maxMessage - 1)}…` : message,
    ...sourceOf(event, context),
    ...(related === undefined ? {} : { related: referenceTo(related, record(event.related)) }),
  };
};
