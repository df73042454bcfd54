import { isKubeError, type KubeObject } from "@inkube/kube";

/** An answer that is not the one asked for. The text goes to the tenant: it names nothing of the host. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Both sides of one pod. */
export interface PodNames {
  nested: { namespace: string; name: string };
  host: KubeObject;
}

/** Turns what the host said about its pod into what a tenant may read about theirs. */
export function refusalOfHost(status: number, body: string, names: PodNames): Refusal {
  if (status === 401 || status === 403) {
    return new Refusal(403, `the host does not allow this for pod "${names.nested.name}"`);
  }
  if (status === 400 || status === 404 || status === 422) {
    return new Refusal(status, inTenantTerms(messageOf(body), names));
  }
  if (status === 429) return new Refusal(429, "the host is busy, try again");
  // Such texts hold whatever the host's parts thought fit, addresses and names included.
  return new Refusal(502, `the host could not reach the container of pod "${names.nested.name}" (status ${status})`);
}

/** Turns anything thrown while a request was handled into an answer. */
export function refusalOfError(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isKubeError(error, "unreachable", "timeout")) return new Refusal(502, "the host does not answer, try again");
  if (isKubeError(error, "throttled")) return new Refusal(429, "the host is busy, try again");
  if (isKubeError(error, "forbidden", "unauthorized")) return new Refusal(403, "the host does not allow this");
  return new Refusal(500, "the request could not be handled");
}

/** Replaces the host's name and namespace of a pod by the tenant's. */
export function inTenantTerms(text: string, names: PodNames): string {
  const { name, namespace = "" } = names.host.metadata;
  const renamed = text.replaceAll(name, names.nested.name);
  return namespace === "" ? renamed : renamed.replaceAll(namespace, names.nested.namespace);
}

function messageOf(body: string): string {
  try {
    const status = JSON.parse(body) as { message?: unknown };
    if (typeof status.message === "string") return status.message;
  } catch {
    // Not a Status: the text itself is the message.
  }
  return body.trim().slice(0, 1000);
}
