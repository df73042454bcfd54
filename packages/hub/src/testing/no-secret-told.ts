import { clusterGroups, credentialKinds, hostClusters, names, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { expect } from "vitest";
import type { TestHub } from "./test-hub.ts";

const anyToken = new RegExp(`(?:${Object.values(credentialKinds).join("|")})_[a-z2-7]{16}_[A-Za-z0-9_-]{20,}`);
const anyKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Shorter texts come by themselves. */
const leastLength = 16;

/** Objects that people who may see no Secret can see. */
const seen = [
  resources.events,
  resources.configmaps,
  resources.namespaces,
  resources.rolebindings,
  nestedClusters,
  hostClusters,
  clusterGroups,
];

/**
 * Fails when anything secret stands where people look: the hub's log, its audit rows, Events, objects with their statuses, and
 * `others`, such as bodies of answers. Secret is what has the form of one of the hub's tokens or of a private key, what the
 * Secrets of the hub hold now (of credentials the hash), and `known`.
 */
export async function expectNoSecretTold(
  test: TestHub,
  { known = [], others = [] }: { known?: readonly string[]; others?: readonly string[] } = {},
): Promise<void> {
  const parts = [...known.flatMap((token) => [token, token.split("_").slice(2).join("_")])];
  const secrets = [...(await keptSecrets(test)), ...parts].filter((text) => text.length >= leastLength);
  expect(secrets.length, "there are secrets to look for").toBeGreaterThan(0);
  const told = [...(await tellings(test)), ...others];
  expect(told.length, "there is something to look at").toBeGreaterThan(0);
  for (const text of told) {
    const found = secrets.some((secret) => text.includes(secret)) || anyToken.test(text) || anyKey.test(text);
    expect(found, `a secret is in: ${text.slice(0, 500)}`).toBe(false);
  }
}

async function keptSecrets({ admin }: TestHub): Promise<string[]> {
  const { items } = await admin.list(resources.secrets, { namespace: names.systemNamespace });
  const values = items.flatMap(({ data }) => Object.values((data ?? {}) as Record<string, string>));
  return values.flatMap((base64) => {
    const text = Buffer.from(base64, "base64").toString("utf8");
    return text.startsWith("{") ? hashIn(text) : [base64, text];
  });
}

function hashIn(text: string): string[] {
  const { hash } = JSON.parse(text) as { hash?: string };
  return hash === undefined ? [] : [hash];
}

/** Each thing that people can see, as one text. */
async function tellings({ admin, log, store }: TestHub): Promise<string[]> {
  const told: unknown[] = [...log.entries];
  let cursor: string | undefined;
  do {
    const page = await store.audit.list({ limit: 200, ...(cursor !== undefined && { cursor }) });
    told.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  for (const type of seen) told.push(...(await admin.list(type)).items);
  return told.map((one) => JSON.stringify(one));
}
