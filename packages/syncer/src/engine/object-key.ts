/** What one entry of a work queue stands for: an object of a kind, by its name inside the nested cluster. */
export interface ObjectKey {
  kind: string;
  /** "" for cluster-scoped objects. */
  namespace: string;
  name: string;
}

/** `<kind>/<namespace>/<name>`; none of the three may hold a slash, which Kubernetes guarantees. */
export function formatKey(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ""}/${name}`;
}

/** The reverse of {@link formatKey}. Throws on anything else: keys are made by this program only. */
export function parseKey(key: string): ObjectKey {
  const [kind, namespace, name, ...rest] = key.split("/");
  if (!kind || namespace === undefined || !name || rest.length > 0) throw new Error(`Not an object key: ${key}`);
  return { kind, namespace, name };
}
