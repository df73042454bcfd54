import type { KubeObject } from "../../types.ts";
import type { ApiContext } from "./api-context.ts";
import { asJsonObject, isJsonObject, valueAt } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";

type Defaulter = (object: KubeObject, context: ApiContext, type: ServedType) => KubeObject;

/** What the real server fills in and other objects depend on; a small part of its defaulting. */
const defaulters: Record<string, Defaulter> = {
  "pods.": (pod) => {
    const spec = asJsonObject(pod.spec);
    const always = { restartPolicy: "Always", dnsPolicy: "ClusterFirst", terminationGracePeriodSeconds: 30 };
    return { ...pod, spec: { ...always, ...spec }, status: { phase: "Pending", qosClass: "BestEffort" } };
  },
  "namespaces.": (namespace) => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...namespace.metadata.labels, "kubernetes.io/metadata.name": namespace.metadata.name },
    },
    spec: { ...asJsonObject(namespace.spec), finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  }),
  "persistentvolumeclaims.": (claim) => ({ ...claim, status: { phase: "Pending" } }),
  "persistentvolumes.": (volume) => ({ ...volume, status: { phase: "Pending" } }),
  "secrets.": (secret) => {
    const { stringData, ...rest } = secret;
    const type = { type: "Opaque" };
    if (!isJsonObject(stringData)) return { ...type, ...rest };
    const encoded = Object.entries(stringData).map(([name, text]) => [name, Buffer.from(`${text}`).toString("base64")]);
    return { ...type, ...rest, data: { ...asJsonObject(secret.data), ...Object.fromEntries(encoded) } };
  },
  "services.": defaultService,
};

function defaultService(service: KubeObject, context: ApiContext, type: ServedType): KubeObject {
  const spec = { type: "ClusterIP", sessionAffinity: "None", ...asJsonObject(service.spec) };
  const { loadBalancer = {} } = asJsonObject(service.status);
  const status = { ...asJsonObject(service.status), loadBalancer };
  if (spec.type === "ExternalName") return { ...service, spec, status };
  const clusterIP = valueAt(spec, "clusterIP") ?? freeAddress(context, type);
  const external = spec.type === "NodePort" || spec.type === "LoadBalancer";
  const given = valueAt(spec, "ports");
  const ports = (Array.isArray(given) ? given : []).map((port: unknown) => {
    const full = { protocol: "TCP", targetPort: valueAt(port, "port"), ...asJsonObject(port) };
    const nodePort = valueAt(port, "nodePort") ?? (external ? freeNodePort(context, type) : undefined);
    return nodePort === undefined ? full : { ...full, nodePort };
  });
  return { ...service, spec: { ...spec, ports, clusterIP, clusterIPs: [clusterIP] }, status };
}

/** An address of 10.96.0.0/16 that no Service has. */
function freeAddress(context: ApiContext, type: ServedType): string {
  const taken = new Set(context.store.list(typeKey(type)).map(([, service]) => valueAt(service, "spec", "clusterIP")));
  for (;;) {
    const address = `10.96.${Math.floor(context.random() * 256)}.${1 + Math.floor(context.random() * 254)}`;
    if (!taken.has(address)) return address;
  }
}

/** A port of 30000-32767 that no Service has. */
function freeNodePort(context: ApiContext, type: ServedType): number {
  const services = context.store.list(typeKey(type)).map(([, service]) => valueAt(service, "spec", "ports"));
  const taken = new Set(services.flatMap((ports) => (Array.isArray(ports) ? ports : [])).map((port) => port.nodePort));
  for (;;) {
    const port = 30000 + Math.floor(context.random() * 2768);
    if (!taken.has(port)) return port;
  }
}

/** The object as it is stored when created: status reset where it has a subresource, and the defaults of its kind. */
export function withCreateDefaults(object: KubeObject, context: ApiContext, type: ServedType): KubeObject {
  let result = object;
  // A kubelet registers its Node with status, and the real server lets it.
  if (type.status && type.plural !== "nodes") {
    const { status: _status, ...rest } = object;
    result = rest;
  }
  return defaulters[typeKey(type)]?.(result, context, type) ?? result;
}

/** What an update keeps, converts or fills in although the writer left it out. */
export function withUpdateDefaults(
  live: KubeObject,
  wanted: KubeObject,
  context: ApiContext,
  type: ServedType,
): KubeObject {
  const key = typeKey(type);
  if (key === "secrets.") return defaulters[key]?.(wanted, context, type) ?? wanted;
  if (key === "services.") return defaultService(withLiveAddress(live, wanted), context, type);
  return wanted;
}

/** A Service keeps its ClusterIP when the writer names none. */
function withLiveAddress(live: KubeObject, wanted: KubeObject): KubeObject {
  const { clusterIP: kept } = asJsonObject(live.spec);
  const { clusterIP: asked, ...spec } = asJsonObject(wanted.spec);
  if (spec.type === "ExternalName") return wanted;
  const clusterIP = asked || kept;
  return { ...wanted, spec: clusterIP === undefined ? spec : { ...spec, clusterIP } };
}
