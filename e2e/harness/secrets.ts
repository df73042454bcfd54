import { readFile } from "node:fs/promises";
import type { KubeObject } from "@inkube/kube";
import type { HubUser } from "./hub-cli.ts";
import type { Kubectl } from "./kubectl.ts";

type SecretObject = KubeObject & { type?: string; data?: Record<string, string> };

/** Public by its nature: certificates, addresses, names. */
const publicKeys = /\.crt$|^(url|mode|id|kind|name|namespace|subject|createdAt|expiresAt|description|groups)$/;
/** Shorter values stand in logs for other reasons. */
const leastLength = 20;

/** Private values of both hosts' Secrets, raw and as base64, and the person's own token. */
export async function knownSecrets(first: Kubectl, second: Kubectl, user: HubUser): Promise<string[]> {
  const objects = (await Promise.all([first, second].map((host) => host.list("secrets", "*")))).flat();
  const values = (objects as SecretObject[]).flatMap(({ data = {} }) =>
    Object.entries(data).flatMap(([key, encoded]) => {
      const raw = Buffer.from(encoded, "base64").toString("utf8");
      return publicKeys.test(key) || raw.length < leastLength ? [] : [...secretParts(raw), encoded.slice(0, 200)];
    }),
  );
  const { hubs } = JSON.parse(await readFile(user.env.INKUBE_CONFIG ?? "", "utf8")) as { hubs: { token: string }[] };
  return [...new Set([...values, ...hubs.map(({ token }) => token)])];
}

/** A file's secret is its keys and tokens, line by line as a log would have them; else the whole. */
function secretParts(raw: string): string[] {
  if (!raw.includes("\n")) return [raw];
  const keys = [...raw.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----\n([^-]+)-----END/g)].map(([, body = ""]) => body);
  const fields = [...raw.matchAll(/(?:client-key-data|token)"?: *"?([A-Za-z0-9+/=_.-]{20,})/g)];
  return [...keys.map((body) => body.split("\n")[0] ?? ""), ...fields.map(([, value = ""]) => value)].filter(
    (part) => part.length >= leastLength,
  );
}

/** By a name for people: what was told there. */
export type Told = [where: string, text: string];

/** What all programs of Inkube have logged so far, control planes of nested clusters included: logs go with their pods. */
export async function programLogs(hosts: readonly Kubectl[]): Promise<Told[]> {
  const told: Told[] = [];
  for (const [place, host] of hosts.entries()) {
    const nested = await host.list("namespaces", "*", "inkube.dev/cluster-uid");
    const controlPlanes = nested.map(({ metadata }) => ({ namespace: metadata.name, name: "control-plane-0" }));
    const programs = await host.list("pods", "inkube-system");
    for (const { namespace = "", name } of [...programs.map(({ metadata }) => metadata), ...controlPlanes]) {
      // One that does not run yet, or no longer, has said nothing that could be asked for.
      const { stdout } = await host.try(["-n", namespace, "logs", name, "--all-containers"]);
      told.push([`log of ${namespace}/${name} on host ${place}`, stdout]);
    }
  }
  return told;
}

/** Where else a secret must not be: Events, our objects, the audit log. */
export async function everythingTold(hosts: readonly Kubectl[], user: HubUser): Promise<Told[]> {
  const told: Told[] = [["audit log", await user.inkube(["audit", "list", "--csv"])]];
  for (const [place, host] of hosts.entries()) {
    for (const kinds of ["events", "nestedclusters,hostclusters,clustergroups"]) {
      told.push([`${kinds} on host ${place}`, await host.run(["get", kinds, "-A", "-o", "json"])]);
    }
  }
  return [...told, ...(await programLogs(hosts))];
}
