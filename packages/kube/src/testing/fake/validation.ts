import type { KubeObject } from "../../types.ts";
import { conflict, invalid, type StatusCause } from "./api-failure.ts";
import { asJsonObject, isJsonObject, sameJson, valueAt } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelKinds = new Set(["Service", "Namespace"]);

function nameIsValid(type: ServedType, name: string): boolean {
  if (type.group === "rbac.authorization.k8s.io") return name !== "." && name !== ".." && !/[/%]/.test(name);
  if (labelKinds.has(type.kind)) return name.length <= 63 && label.test(name);
  return name.length <= 253 && subdomain.test(name);
}

function metadataCauses(type: ServedType, object: KubeObject): StatusCause[] {
  const { name, labels } = object.metadata;
  const causes: StatusCause[] = [];
  if (!nameIsValid(type, name)) {
    const message = `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`;
    causes.push({ reason: "FieldValueInvalid", message, field: "metadata.name" });
  }
  for (const value of Object.values(labels ?? {})) {
    if (typeof value === "string" && value.length <= 63 && labelValue.test(value)) continue;
    const message = `Invalid value: "${value}": must be 63 characters or less of alphanumeric characters, '-', '_' or '.'`;
    causes.push({ reason: "FieldValueInvalid", message, field: "metadata.labels" });
  }
  return causes;
}

function immutable(field: string, message = "field is immutable"): StatusCause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${message}`, field };
}

/** A pod spec reduced to what an update may not change. */
function frozenPodSpec(pod: KubeObject): unknown {
  const spec = { ...asJsonObject(pod.spec) };
  for (const name of ["activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations", "schedulingGates"]) {
    delete spec[name];
  }
  for (const name of ["containers", "initContainers"]) {
    const list = spec[name];
    if (Array.isArray(list)) spec[name] = list.map((item) => (isJsonObject(item) ? { ...item, image: "" } : item));
  }
  return spec;
}

type UpdateRule = (live: KubeObject, next: KubeObject) => StatusCause[];

const updateRules: Record<string, UpdateRule> = {
  "pods.": (live, next) =>
    sameJson(frozenPodSpec(live), frozenPodSpec(next))
      ? []
      : [
          {
            ...immutable("spec"),
            reason: "FieldValueForbidden",
            message: "Forbidden: pod updates may not change this",
          },
        ],
  "services.": (live, next) => {
    const before = valueAt(live, "spec", "clusterIP");
    const after = valueAt(next, "spec", "clusterIP");
    const released = valueAt(next, "spec", "type") === "ExternalName";
    return before === undefined || released || before === after ? [] : [immutable("spec.clusterIPs[0]")];
  },
  "secrets.": (live, next) => [
    ...(live.type === next.type ? [] : [immutable("type")]),
    ...(live.immutable === true && !sameJson(live.data, next.data) ? [immutable("data")] : []),
  ],
  "configmaps.": (live, next) =>
    live.immutable === true && !sameJson(live.data, next.data) ? [immutable("data")] : [],
  "persistentvolumeclaims.": (live, next) =>
    valueAt(live, "spec", "volumeName") === undefined ||
    valueAt(live, "spec", "volumeName") === valueAt(next, "spec", "volumeName")
      ? []
      : [immutable("spec")],
  "rolebindings.rbac.authorization.k8s.io": roleRefRule,
  "clusterrolebindings.rbac.authorization.k8s.io": roleRefRule,
};

function roleRefRule(live: KubeObject, next: KubeObject): StatusCause[] {
  return sameJson(live.roleRef, next.roleRef) ? [] : [immutable("roleRef", "cannot change roleRef")];
}

/** Kinds that may not be replaced without a resourceVersion, besides custom resources. */
const versionRequired = new Set(["leases.coordination.k8s.io", "customresourcedefinitions.apiextensions.k8s.io"]);

/** Throws a 422 unless the object may be created. */
export function validateCreate(type: ServedType, object: KubeObject): void {
  const causes = metadataCauses(type, object);
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
}

/** Throws a 409 when the writer saw another incarnation or version, a 422 when it must name a version and does not. */
export function checkIncarnation(type: ServedType, live: KubeObject, wanted: KubeObject, replaces: boolean): void {
  const { uid, resourceVersion, name } = wanted.metadata;
  if (uid !== undefined && uid !== "" && uid !== live.metadata.uid) {
    if (!replaces) throw invalid(type, name, [immutable("metadata.uid", `"${uid}": field is immutable`)]);
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== "" && resourceVersion !== "0") {
    if (resourceVersion !== live.metadata.resourceVersion) {
      const why = "the object has been modified; please apply your changes to the latest version and try again";
      throw conflict(type, name, why);
    }
  } else if (replaces && (type.custom || versionRequired.has(typeKey(type)))) {
    const message = "Invalid value: 0x0: must be specified for an update";
    throw invalid(type, name, [{ reason: "FieldValueInvalid", message, field: "metadata.resourceVersion" }]);
  }
}

/** Throws a 422 unless `live` may become `next`; `subresource` writes skip the rules of the spec. */
export function validateUpdate(type: ServedType, live: KubeObject, next: KubeObject, subresource = ""): void {
  const causes = metadataCauses(type, next);
  if (live.metadata.deletionTimestamp !== undefined) {
    const before = new Set(live.metadata.finalizers ?? []);
    const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
    if (added.length > 0) {
      const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
      causes.push({ reason: "FieldValueForbidden", message, field: "metadata.finalizers" });
    }
  }
  if (subresource === "") causes.push(...(updateRules[typeKey(type)]?.(live, next) ?? []));
  if (causes.length > 0) throw invalid(type, next.metadata.name, causes);
}
