import { parseKubePath } from "./kube-path.ts";

/** Subresources that honour a dry run by query; others, as a ServiceAccount's `token`, do all the same what they are asked. */
const checkable: readonly (string | undefined)[] = [undefined, "status", "scale"];

/**
 * True when a request to a Kubernetes API changes nothing, because its query asks for a dry run in a place where the API server
 * looks. With a body a delete is none: its options are then taken from there alone. `path` is as it was sent, without query; one
 * with percent signs may mean anything to the API server. Pure.
 */
export function isKubeDryRun(method: string, path: string, query: URLSearchParams, hasBody: boolean): boolean {
  const asked = query.getAll("dryRun");
  if (asked.length === 0 || asked.some((value) => value !== "All")) return false;
  const about = path.includes("%") ? undefined : parseKubePath(path);
  if (about === undefined || !checkable.includes(about.subresource)) return false;
  return method !== "DELETE" || !hasBody;
}
