import type { KubePath } from "./kube-path.ts";

/** Subresources on which the API server honours a dry run by query; others, as exec and proxy, do what they are asked. */
const checkable: readonly (string | undefined)[] = [undefined, "status", "scale"];

/**
 * True when a request to a Kubernetes API certainly changes nothing because its query asks for a dry run. A delete that has a body
 * is none: the API server then takes its options from there and never looks at the query. Pure.
 */
export function isKubeDryRun(
  method: string,
  path: KubePath | undefined,
  query: URLSearchParams,
  hasBody: boolean,
): boolean {
  const asked = query.getAll("dryRun");
  if (asked.length === 0 || asked.some((value) => value !== "All")) return false;
  if (path === undefined || !checkable.includes(path.subresource)) return false;
  return method !== "DELETE" || !hasBody;
}
