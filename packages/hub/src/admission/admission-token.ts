import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { fieldManagers, labels, managedBy, names } from "@inkube/api";
import { type Client, type Clock, isKubeError, type KubeObject, resources } from "@inkube/kube";

/**
 * The last part of the path by which the API server is known. What admission answers names nested clusters of every project,
 * so strangers who reach the hub's port must not be able to ask.
 */
export interface AdmissionToken {
  /** The token that is kept; made when there is none. Throws KubeError. */
  read(): Promise<string>;
  /** Compares in constant time; looks again, at most once a second, when another replica may have made a new one. */
  isKnown(token: string): Promise<boolean>;
}

const ref = { namespace: names.systemNamespace, name: "hub-admission" };
const lookAgainMs = 1000;

export function createAdmissionToken(client: Client, clock: Clock): AdmissionToken {
  let known: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<string> => {
    known = tokenIn(await client.get(resources.secrets, ref)) ?? (await make(client));
    return known;
  };
  return {
    read,
    async isKnown(token) {
      if (known !== undefined && isSame(known, token)) return true;
      if (clock.now() - lookedAt < lookAgainMs) return false;
      lookedAt = clock.now();
      return isSame(await read(), token);
    },
  };
}

async function make(client: Client): Promise<string> {
  const token = randomBytes(24).toString("hex");
  const metadata = { ...ref, labels: { [labels.managedBy]: managedBy.hub } };
  const object = { apiVersion: "v1", kind: "Secret", metadata, stringData: { token } };
  try {
    await client.create(resources.secrets, object, { fieldManager: fieldManagers.hub });
    return token;
  } catch (error) {
    const others = isKubeError(error, "alreadyExists") ? tokenIn(await client.get(resources.secrets, ref)) : undefined;
    if (others === undefined) throw error;
    return others;
  }
}

function tokenIn(object: KubeObject | undefined): string | undefined {
  const data = (object?.data ?? {}) as { token?: string };
  return data.token && Buffer.from(data.token, "base64").toString("utf8");
}

function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(first, second);
}
