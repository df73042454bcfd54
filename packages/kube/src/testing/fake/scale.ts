import type { KubeObject } from "../../types.ts";
import { type ApiContext, findObject, type Target, type WriteContext } from "./api-context.ts";
import { noSuchResource, notFound } from "./api-failure.ts";
import { asJsonObject, isJsonObject, valueAt } from "./json.ts";
import { updateObject } from "./update-object.ts";

function selectorText(object: KubeObject): string {
  const selector = asJsonObject(valueAt(object, "spec", "selector"));
  const labels = isJsonObject(selector.matchLabels) ? selector.matchLabels : {};
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function scaleOf(target: Target, object: KubeObject): KubeObject {
  const { scale } = target.type;
  if (scale === undefined) throw noSuchResource();
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject["metadata"];
  return {
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    metadata,
    spec: { replicas: valueAt(object, ...scale.spec) ?? 0 },
    status: { replicas: valueAt(object, ...scale.status) ?? 0, selector: selectorText(object) },
  };
}

/** The Scale of a scalable object. */
export function readScale(context: ApiContext, target: Target): KubeObject {
  const object = findObject(context, target);
  if (object === undefined) throw notFound(target.type, target.name);
  return scaleOf(target, object);
}

function setAt(object: KubeObject, path: string[], value: unknown): KubeObject {
  const copy = structuredClone(object);
  let node: Record<string, unknown> = copy;
  for (const name of path.slice(0, -1)) {
    const next = asJsonObject(node[name]);
    node[name] = next;
    node = next;
  }
  node[path.at(-1) ?? ""] = value;
  return copy;
}

/** Changes the number of replicas; `change` gets the Scale and returns the wanted one. */
export function writeScale(
  context: ApiContext,
  target: Target,
  write: WriteContext,
  change: (scale: KubeObject) => KubeObject,
): KubeObject {
  const path = target.type.scale?.spec;
  if (path === undefined) throw noSuchResource();
  // The object is written as a whole, only its manager shows the subresource.
  const { subresource: _scale, ...plain } = write;
  const updated = updateObject(context, target, plain, (live) => {
    const wanted = change(scaleOf(target, live));
    const next = setAt(live, path, valueAt(wanted, "spec", "replicas") ?? 0);
    const { resourceVersion } = wanted.metadata;
    return { ...next, metadata: { ...next.metadata, ...(resourceVersion ? { resourceVersion } : {}) } };
  });
  return scaleOf(target, updated);
}
