import { AppError, fieldManagers, hashOf, labels, managedBy, names, newToken } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import { secretData } from "../objects/secret-data.ts";

/** Where the hub is, and what this host is to it. */
export interface HubConnection {
  url: string;
  /** Authority of the hub's certificate, PEM; absent when public ones signed it. */
  ca?: string;
  /**
   * `mirror`: nested clusters are kept in the hub and copied here. `local`: this cluster is the hub's own, the objects are the
   * same.
   */
  mode: "mirror" | "local";
  /** One-time token of the import. */
  token: string;
  /** HTTP proxy on the way to it. */
  proxyUrl?: string;
}

const namespace = names.systemNamespace;

/** What the Secret `hub-connection` says; undefined when this host has no hub. Throws AppError for one that is incomplete. */
export function readConnection(secret: KubeObject | undefined): HubConnection | undefined {
  if (!secret) return undefined;
  const { url, token, mode, "ca.crt": ca } = secretData(secret);
  if (!url || !token || (mode !== "mirror" && mode !== "local")) {
    throw new AppError("SPEC_INVALID", `The Secret ${namespace}/${names.hubConnectionSecret} is incomplete`, {
      todo: "Apply the command of the import again.",
    });
  }
  return { url, token, mode, ...(ca && { ca }) };
}

/** The credential that this agent made for itself; its secret never leaves the host but as a bearer token to the hub. */
export interface OwnCredential {
  id: string;
  token: string;
  hash: string;
}

/** Reads it from its Secret, or makes it: once it is kept, a restart of the agent does not lose its place in the hub. */
export async function ensureOwnCredential(client: Client): Promise<OwnCredential> {
  const ref = { namespace, name: names.hubCredentialSecret };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const found = await client.get(resources.secrets, ref);
    const { id, token, secret } = found ? secretData(found) : {};
    if (id && token && secret) return { id, token, hash: hashOf(secret) };
    const fresh = newToken("host");
    const object: KubeObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { ...ref, labels: { [labels.managedBy]: managedBy.agent } },
      stringData: { id: fresh.id, token: fresh.token, secret: fresh.secret },
    };
    try {
      if (found) await client.apply(resources.secrets, object, { fieldManager: fieldManagers.agent, force: true });
      else await client.create(resources.secrets, object, { fieldManager: fieldManagers.agent });
      return { id: fresh.id, token: fresh.token, hash: fresh.hash };
    } catch (error) {
      // Another agent was there first: its credential is this host's.
      if (!isKubeError(error, "alreadyExists", "conflict")) throw error;
    }
  }
  throw new AppError("KUBE_CONFLICT", "The Secret of the hub's credential is being changed by somebody else");
}
