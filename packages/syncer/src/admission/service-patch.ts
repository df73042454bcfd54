import type { KubeObject } from "@inkube/kube";
import type { ServiceAddresses } from "../cluster-view.ts";
import { hasAddress, type ServiceRequest, type ServiceSpec, specOf } from "./service-request.ts";

export interface PatchOperation {
  op: "add";
  path: string;
  value: unknown;
}

const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/**
 * The Service as the host must have it before the nested one is stored. The API server names an object with `generateName` only
 * after admission, too late for the host, so the name is made here by the same rule. On an update that says nothing about the
 * ClusterIP the old one stays, as the API server will have it. `random` is uniform in [0,1).
 */
export function serviceForHost(request: ServiceRequest, random: () => number): KubeObject {
  const { object, oldObject } = request;
  const name = object.metadata.name || request.name || generatedName(object.metadata.generateName ?? "", random);
  const spec = specOf(object);
  const old = specOf(oldObject);
  const kept =
    oldObject && hasAddress(old) && !spec.clusterIP
      ? { clusterIP: old.clusterIP, ...(old.clusterIPs ? { clusterIPs: old.clusterIPs } : {}) }
      : {};
  return {
    ...object,
    metadata: { ...object.metadata, name, namespace: request.namespace },
    spec: { ...spec, ...kept },
  };
}

/** The JSON Patch that gives the reviewed Service the name and the addresses of the host's. */
export function patchFor(request: ServiceRequest, service: KubeObject, given: ServiceAddresses): PatchOperation[] {
  const patch: PatchOperation[] = [];
  const spec = specOf(request.object);
  const set = (path: string, value: unknown, now: unknown): void => {
    if (JSON.stringify(now) !== JSON.stringify(value)) patch.push({ op: "add", path, value });
  };
  if (request.operation === "CREATE") set("/metadata/name", service.metadata.name, request.object.metadata.name);
  // An address that the stored Service already has cannot change; the API server keeps it by itself.
  const old = specOf(request.oldObject);
  if (!(request.oldObject && hasAddress(old) && old.clusterIP)) {
    set("/spec/clusterIP", given.clusterIP, spec.clusterIP);
    set("/spec/clusterIPs", given.clusterIPs, spec.clusterIPs);
    set("/spec/ipFamilies", given.ipFamilies, spec.ipFamilies);
    if (given.clusterIPs.length === 1 && spec.ipFamilyPolicy === undefined) {
      set("/spec/ipFamilyPolicy", "SingleStack", undefined);
    }
  }
  patch.push(...portPatch(spec, given));
  return patch;
}

function portPatch(spec: ServiceSpec, given: ServiceAddresses): PatchOperation[] {
  if (spec.type !== "NodePort" && spec.type !== "LoadBalancer") return [];
  const patch: PatchOperation[] = [];
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const nodePort = given.nodePorts[index] ?? 0;
    if (nodePort > 0 && port.nodePort !== nodePort) {
      patch.push({ op: "add", path: `/spec/ports/${index}/nodePort`, value: nodePort });
    }
  }
  const { healthCheckNodePort = 0 } = given;
  if (healthCheckNodePort > 0 && spec.healthCheckNodePort !== healthCheckNodePort) {
    patch.push({ op: "add", path: "/spec/healthCheckNodePort", value: healthCheckNodePort });
  }
  return patch;
}

function generatedName(base: string, random: () => number): string {
  const pick = (): string => suffixAlphabet[Math.floor(random() * suffixAlphabet.length)] ?? "b";
  return base.slice(0, 58) + Array.from({ length: 5 }, pick).join("");
}
