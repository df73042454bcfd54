import { randomBytes } from "node:crypto";
import { fieldManagers, labels, managedBy, names } from "@inkube/api";
import { type Client, type Clock, isKubeError, type KubeObject, resources } from "@inkube/kube";

/** Secret with the key of what browsers carry between the steps of a sign-in. */
export const sessionKeySecret = "hub-session-key";

const namespace = names.systemNamespace;
const keyBytes = 32;
/** So long another replica may go on with a key that somebody replaced. */
const rememberMs = 60_000;

/**
 * Gives the key that all replicas share; whoever needs it first makes it. Deleting the Secret breaks off the sign-ins that are on
 * their way, and nothing else: sessions do not hang on it.
 */
export function createSessionKey(client: Client, clock: Clock): () => Promise<Uint8Array> {
  let known: { until: number; key: Promise<Uint8Array> } | undefined;
  return () => {
    if (known && known.until > clock.now()) return known.key;
    const asked = { until: clock.now() + rememberMs, key: ensureKey(client) };
    known = asked;
    asked.key.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.key;
  };
}

async function ensureKey(client: Client): Promise<Uint8Array> {
  const found = await readKey(client);
  if (found) return found;
  const key = randomBytes(keyBytes);
  try {
    await client.create(resources.secrets, keySecret(key), { fieldManager: fieldManagers.hub });
    return key;
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
  }
  const others = await readKey(client);
  if (!others) throw new Error(`Secret ${namespace}/${sessionKeySecret} holds no key of ${keyBytes} bytes`);
  return others;
}

async function readKey(client: Client): Promise<Uint8Array | undefined> {
  const secret = await client.get(resources.secrets, { namespace, name: sessionKeySecret });
  const key = Buffer.from((secret?.data as Record<string, string> | undefined)?.key ?? "", "base64");
  return key.length === keyBytes ? key : undefined;
}

function keySecret(key: Buffer): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: sessionKeySecret, namespace, labels: { [labels.managedBy]: managedBy.hub } },
    type: "Opaque",
    data: { key: key.toString("base64") },
  };
}
