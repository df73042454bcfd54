/** What a path of a Kubernetes API is about. */
export interface KubePath {
  group: string;
  plural: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** Takes apart `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined for what is about no resource. Pure. */
export function parseKubePath(url: string): KubePath | undefined {
  const [path = ""] = url.split("?");
  const [root, ...parts] = path.split("/").filter((part) => part !== "");
  const group = root === "apis" ? parts.shift() : root === "api" ? "" : undefined;
  if (group === undefined || parts.shift() === undefined) return undefined;
  const inNamespace = parts[0] === "namespaces" && parts.length > 2;
  const namespace = inNamespace ? parts[1] : undefined;
  const [plural, name, ...rest] = inNamespace ? parts.slice(2) : parts;
  if (plural === undefined) return undefined;
  return {
    group,
    plural,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(rest.length > 0 && { subresource: rest.join("/") }),
  };
}
