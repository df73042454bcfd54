import type { IncomingMessage } from "node:http";

/** In the hub's answer to a handshake: which replica of the hub it is. */
export const replicaHeader = "inkube-replica";
/** In the agent's handshake: the replicas that it has a tunnel to, separated by commas. */
export const heldHeader = "inkube-replicas-held";

/** More are not looked at: nobody runs so many. */
export const mostReplicas = 32;

/** Names of pods and machines. */
const namePattern = /^[A-Za-z0-9]([-.A-Za-z0-9]{0,251}[A-Za-z0-9])?$/;

/** The replicas of the hub to which an agent that dials says it has a tunnel; what is no name is passed over. */
export function heldReplicas({ headers }: Pick<IncomingMessage, "headers">): string[] {
  const text = headers[heldHeader];
  return typeof text === "string" ? replicaNames(text.split(",")) : [];
}

/** What of this can be names of replicas, up to as many as are looked at. */
export function replicaNames(names: readonly string[]): string[] {
  return names.filter((name) => namePattern.test(name)).slice(0, mostReplicas);
}
