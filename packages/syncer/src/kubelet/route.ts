/** A stream into a container, by the name of the pod's subresource on the host. */
export type StreamKind = "exec" | "attach" | "portforward";

/** A pod as a caller of the kubelet names it. */
export interface PodRef {
  namespace: string;
  pod: string;
  uid?: string;
}

export type KubeletRoute =
  | { kind: "healthz" }
  | { kind: "pods"; runningOnly: boolean }
  | { kind: "summary" }
  | { kind: "metrics"; path: "/metrics/resource" | "/metrics/cadvisor" }
  | { kind: "logs"; ref: PodRef; query: string }
  | { kind: "stream"; stream: StreamKind; ref: PodRef; query: string };

const logParameters = [
  "follow",
  "previous",
  "timestamps",
  "tailLines",
  "sinceSeconds",
  "sinceTime",
  "limitBytes",
  "stream",
];

/** The kubelet's names of what is attached, and the API's. */
const streamParameters = { input: "stdin", output: "stdout", error: "stderr", tty: "tty" } as const;

const plainRoutes: Record<string, KubeletRoute> = {
  "/healthz": { kind: "healthz" },
  "/pods": { kind: "pods", runningOnly: false },
  "/runningpods": { kind: "pods", runningOnly: true },
  "/stats/summary": { kind: "summary" },
  "/metrics/resource": { kind: "metrics", path: "/metrics/resource" },
  "/metrics/cadvisor": { kind: "metrics", path: "/metrics/cadvisor" },
};

/**
 * Reads a request to the kubelet's API; undefined for everything that is not on the list, which is then refused.
 * `query` is already what the host's API expects.
 */
export function parseRoute(method: string, target: string): KubeletRoute | undefined {
  const [path = "", query = ""] = splitOnce(target, "?");
  const segments = decodeSegments(path);
  if (!segments) return undefined;
  if (method === "GET") {
    const plain = plainRoutes[`/${segments.join("/")}`];
    if (plain) return plain;
  }
  const parameters = new URLSearchParams(query);
  const [verb, namespace, pod, ...rest] = segments;
  if (namespace === undefined || pod === undefined || !isName(namespace) || !isName(pod)) return undefined;
  if (verb === "containerLogs" && method === "GET") return logsRoute({ namespace, pod }, rest, parameters);
  if (method !== "GET" && method !== "POST") return undefined;
  if (verb === "portForward") return portForwardRoute({ namespace, pod }, rest, parameters);
  if (verb === "exec" || verb === "attach") return containerStreamRoute(verb, { namespace, pod }, rest, parameters);
  return undefined;
}

function logsRoute(ref: PodRef, rest: string[], parameters: URLSearchParams): KubeletRoute | undefined {
  const [container] = rest;
  if (container === undefined || rest.length !== 1 || !isName(container)) return undefined;
  const query = new URLSearchParams({ container });
  for (const name of logParameters) {
    const value = parameters.get(name);
    if (value !== null) query.set(name, value);
  }
  return { kind: "logs", ref, query: query.toString() };
}

function containerStreamRoute(
  stream: "exec" | "attach",
  pod: PodRef,
  rest: string[],
  parameters: URLSearchParams,
): KubeletRoute | undefined {
  const container = rest.at(-1);
  if (container === undefined || rest.length > 2 || !isName(container)) return undefined;
  const query = new URLSearchParams({ container });
  for (const [kubelet, api] of Object.entries(streamParameters)) {
    if (isSet(parameters.get(kubelet))) query.set(api, "true");
  }
  if (stream === "exec") for (const word of parameters.getAll("command")) query.append("command", word);
  return {
    kind: "stream",
    stream,
    ref: withUid(pod, rest.length === 2 ? rest[0] : undefined),
    query: query.toString(),
  };
}

function portForwardRoute(pod: PodRef, rest: string[], parameters: URLSearchParams): KubeletRoute | undefined {
  if (rest.length > 1) return undefined;
  const query = new URLSearchParams();
  for (const port of parameters.getAll("port")) query.append("ports", port);
  return { kind: "stream", stream: "portforward", ref: withUid(pod, rest[0]), query: query.toString() };
}

function withUid(ref: PodRef, uid: string | undefined): PodRef {
  return uid === undefined ? ref : { ...ref, uid };
}

/** As the kubelet reads them: present and not "0" or "false". */
function isSet(value: string | null): boolean {
  return value !== null && value !== "" && value !== "0" && value.toLowerCase() !== "false";
}

function isName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text);
}

function decodeSegments(path: string): string[] | undefined {
  try {
    return path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
