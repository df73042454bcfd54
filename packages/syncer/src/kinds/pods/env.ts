import type { KubeObject } from "@inkube/kube";
import type { KindContext, Reference } from "../kind.ts";
import { annotationPasses, labelPasses } from "../metadata.ts";
import { type Json, optional, record, records, text, without } from "../untyped.ts";
import { serviceEnv } from "./service-env.ts";

/** What the kubelet makes of `$` in a value: `$$` is one dollar, `$(NAME)` a reference. A literal needs every dollar doubled. */
export function escapeValue(literal: string): string {
  return literal.replaceAll("$", "$$$$");
}

/** `metadata.labels['key']` → its key; undefined for another field path. */
function subscript(fieldPath: string, field: string): string | undefined {
  const prefix = `metadata.${field}['`;
  return fieldPath.startsWith(prefix) && fieldPath.endsWith("']") ? fieldPath.slice(prefix.length, -2) : undefined;
}

/**
 * The value inside of a field that reads differently on the host; undefined when the host pod answers the same. Labels and
 * annotations that pass are left to the kubelet, which reads them anew when a container restarts.
 */
export function literalField(fieldPath: string, pod: KubeObject): string | undefined {
  const { name, namespace = "", uid = "", labels = {}, annotations = {} } = pod.metadata;
  const label = subscript(fieldPath, "labels");
  if (label !== undefined) return labelPasses(label) ? undefined : (labels[label] ?? "");
  const annotation = subscript(fieldPath, "annotations");
  if (annotation !== undefined) return annotationPasses(annotation) ? undefined : (annotations[annotation] ?? "");
  const spec = record(pod.spec);
  const literals: Record<string, string> = {
    "metadata.name": name,
    "metadata.namespace": namespace,
    "metadata.uid": uid,
    "spec.serviceAccountName": text(spec.serviceAccountName) || text(spec.serviceAccount) || "default",
  };
  return literals[fieldPath];
}

function hostVariable(variable: Json, pod: KubeObject, context: KindContext): Json {
  const from = record(variable.valueFrom);
  if (from.fieldRef !== undefined) {
    const literal = literalField(text(record(from.fieldRef).fieldPath), pod);
    return literal === undefined ? variable : { name: variable.name, value: escapeValue(literal) };
  }
  for (const source of ["configMapKeyRef", "secretKeyRef"] as const) {
    if (from[source] === undefined) continue;
    const key = record(from[source]);
    const name = context.hostName(text(key.name), pod.metadata.namespace ?? "");
    return { ...variable, valueFrom: { ...from, [source]: { ...key, name } } };
  }
  return variable;
}

function hostEnvFrom(source: Json, pod: KubeObject, context: KindContext): Json {
  const copy = { ...source };
  for (const field of ["configMapRef", "secretRef"] as const) {
    if (source[field] === undefined) continue;
    const reference = record(source[field]);
    copy[field] = { ...reference, name: context.hostName(text(reference.name), pod.metadata.namespace ?? "") };
  }
  return copy;
}

/** Names of variables that a container takes from whole ConfigMaps and Secrets, as far as these exist. */
function importedNames(container: Json, namespace: string, context: KindContext): Set<string> {
  const names = new Set<string>();
  for (const source of records(container.envFrom)) {
    const prefix = text(source.prefix);
    const config = context.nested("configmaps", text(record(source.configMapRef).name), namespace);
    const secret = context.nested("secrets", text(record(source.secretRef).name), namespace);
    for (const object of [config, secret]) {
      for (const key of Object.keys(record(object?.data))) names.add(prefix + key);
    }
  }
  return names;
}

/**
 * `env` and `envFrom` of a container on the host. The nested cluster's service variables come first, so that the user's may refer to
 * them. The user's variables of the same name win, from `envFrom` too: there by leaving ours out, since the kubelet lets `env` win.
 */
export function hostEnv(container: Json, pod: KubeObject, context: KindContext): Json {
  const { namespace = "" } = pod.metadata;
  const own = records(container.env);
  const taken = importedNames(container, namespace, context);
  for (const { name } of own) taken.add(text(name));
  const links = record(pod.spec).enableServiceLinks !== false;
  const services = serviceEnv(namespace, links, context).filter(({ name }) => !taken.has(name));
  const env = [
    ...services.map(({ name, value }) => ({ name, value: escapeValue(value) })),
    ...own.map((variable) => hostVariable(variable, pod, context)),
  ];
  const envFrom = container.envFrom && records(container.envFrom).map((source) => hostEnvFrom(source, pod, context));
  return { ...without(container, "env", "envFrom"), env, ...optional("envFrom", envFrom) };
}

/** ConfigMaps and Secrets that a container's variables come from. */
export function envReferences(container: Json, namespace: string): Reference[] {
  const found: Reference[] = [];
  const add = (kind: Reference["kind"], value: unknown) => {
    const { name, optional: mayMiss } = record(value);
    if (text(name) !== "") found.push({ kind, namespace, name: text(name), optional: mayMiss === true });
  };
  for (const { valueFrom } of records(container.env)) {
    add("configmaps", record(valueFrom).configMapKeyRef);
    add("secrets", record(valueFrom).secretKeyRef);
  }
  for (const source of records(container.envFrom)) {
    add("configmaps", source.configMapRef);
    add("secrets", source.secretRef);
  }
  return found;
}
