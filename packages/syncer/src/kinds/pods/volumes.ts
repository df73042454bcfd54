import { tokensSecretName } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { KindContext, Reference } from "../kind.ts";
import { type Json, optional, record, records, text } from "../untyped.ts";
import { hostItem } from "./downward.ts";
import { tokenKey } from "./tokens.ts";

/** Where volume types keep the name of a Secret of the pod's namespace: [volume type, field, field inside it or ""]. */
const secretFields = [
  ["secret", "secretName", ""],
  ["azureFile", "secretName", ""],
  ["csi", "nodePublishSecretRef", "name"],
  ["rbd", "secretRef", "name"],
  ["iscsi", "secretRef", "name"],
  ["cephfs", "secretRef", "name"],
  ["flexVolume", "secretRef", "name"],
  ["scaleIO", "secretRef", "name"],
  ["storageos", "secretRef", "name"],
  ["cinder", "secretRef", "name"],
] as const;

/** Name of the claim that the nested cluster's controller makes for an ephemeral volume. */
function ephemeralClaim(volume: Json, pod: KubeObject): string {
  return `${pod.metadata.name}-${text(volume.name)}`;
}

function secretNameIn(volume: Json, [type, field, inner]: (typeof secretFields)[number]): string {
  const value = record(volume[type])[field];
  return text(inner === "" ? value : record(value)[inner]);
}

function withSecretNames(volume: Json, hostName: (name: string) => string): Json {
  const copy = { ...volume };
  for (const place of secretFields) {
    const name = secretNameIn(volume, place);
    if (name === "") continue;
    const [type, field, inner] = place;
    const source = record(volume[type]);
    copy[type] = {
      ...source,
      [field]: inner === "" ? hostName(name) : { ...record(source[field]), [inner]: hostName(name) },
    };
  }
  return copy;
}

interface ProjectionScope {
  pod: KubeObject;
  volume: string;
  hostName: (name: string) => string;
  tokenSecret: string;
}

/** A token as the kubelet would write it: for the group alone when the pod has an fsGroup, which then owns the file. */
function tokenMode(pod: KubeObject): Json {
  return record(record(pod.spec).securityContext).fsGroup === undefined ? {} : { mode: 0o600 };
}

function hostProjection(source: Json, index: number, scope: ProjectionScope): Json {
  if (source.serviceAccountToken !== undefined) {
    const path = record(source.serviceAccountToken).path;
    const item = { key: tokenKey(scope.volume, index), path, ...tokenMode(scope.pod) };
    return { secret: { name: scope.tokenSecret, items: [item] } };
  }
  if (source.downwardAPI !== undefined) {
    const items = records(record(source.downwardAPI).items).map((item) => hostItem(item, scope.pod));
    return { downwardAPI: { ...record(source.downwardAPI), items } };
  }
  const copy = { ...source };
  for (const type of ["configMap", "secret"] as const) {
    if (source[type] === undefined) continue;
    copy[type] = { ...record(source[type]), name: scope.hostName(text(record(source[type]).name)) };
  }
  return copy;
}

function hostVolume(volume: Json, pod: KubeObject, context: KindContext): Json {
  const { name, namespace = "" } = pod.metadata;
  const hostName = (nested: string) => context.hostName(nested, namespace);
  const copy = withSecretNames(volume, hostName);
  if (volume.configMap !== undefined) {
    copy.configMap = { ...record(volume.configMap), name: hostName(text(record(volume.configMap).name)) };
  }
  if (volume.glusterfs !== undefined) {
    const source = record(volume.glusterfs);
    copy.glusterfs = { ...source, endpoints: hostName(text(source.endpoints)) };
  }
  if (volume.persistentVolumeClaim !== undefined) {
    const claim = record(volume.persistentVolumeClaim);
    copy.persistentVolumeClaim = { ...claim, claimName: hostName(text(claim.claimName)) };
  }
  if (volume.ephemeral !== undefined) {
    return { name: volume.name, persistentVolumeClaim: { claimName: hostName(ephemeralClaim(volume, pod)) } };
  }
  if (volume.downwardAPI !== undefined) {
    const items = records(record(volume.downwardAPI).items).map((item) => hostItem(item, pod));
    copy.downwardAPI = { ...record(volume.downwardAPI), items };
  }
  if (volume.projected !== undefined) {
    const tokenSecret = tokensSecretName(hostName(name));
    const scope = { pod, volume: text(volume.name), hostName, tokenSecret };
    const sources = records(record(volume.projected).sources).map((source, i) => hostProjection(source, i, scope));
    copy.projected = { ...record(volume.projected), sources };
  }
  return copy;
}

/** `volumes` on the host: every name that means a nested object becomes its copy's, tokens come from the pod's token Secret. */
export function hostVolumes(pod: KubeObject, context: KindContext): Json {
  const { volumes } = record(pod.spec);
  return optional("volumes", volumes && records(volumes).map((volume) => hostVolume(volume, pod, context)));
}

/** ConfigMaps, Secrets and claims that a pod's volumes need. */
export function volumeReferences(pod: KubeObject): Reference[] {
  const { namespace = "" } = pod.metadata;
  const found: Reference[] = [];
  const add = (kind: Reference["kind"], name: unknown, mayMiss: unknown = false) => {
    if (text(name) !== "") found.push({ kind, namespace, name: text(name), optional: mayMiss === true });
  };
  for (const volume of records(record(pod.spec).volumes)) {
    for (const place of secretFields) add("secrets", secretNameIn(volume, place), record(volume[place[0]]).optional);
    add("configmaps", record(volume.configMap).name, record(volume.configMap).optional);
    add("persistentvolumeclaims", record(volume.persistentVolumeClaim).claimName);
    if (volume.ephemeral !== undefined) add("persistentvolumeclaims", ephemeralClaim(volume, pod));
    for (const { configMap, secret } of records(record(volume.projected).sources)) {
      add("configmaps", record(configMap).name, record(configMap).optional);
      add("secrets", record(secret).name, record(secret).optional);
    }
  }
  return found;
}
