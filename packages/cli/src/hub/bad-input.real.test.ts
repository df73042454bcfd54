import type { FieldError } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cluster, group, host, makeHost } from "../../../hub/src/admission/testing/scene.ts";
import { type BadInput, badInputs } from "../testing/bad-inputs.ts";
import { type HubAndCli, startHubAndCli } from "../testing/hub-and-cli.ts";
import { type Kubectl, prepareKubectl } from "../testing/kubectl.ts";

let hub: HubAndCli;
let kubectl: Kubectl;
let root: string;
let ann: string;
beforeAll(async () => {
  hub = await startHubAndCli();
  kubectl = await prepareKubectl(hub);
  const { test } = hub;
  [root, ann] = await Promise.all([test.adminKey(), test.keyFor("ann")]);
  await test.bind("inkube:nested-cluster-admin", "ann", "default");
  await makeHost(test, "edge");
  await makeHost(test, "small", {}, 4);
  const readOnly = { ...host("audited"), spec: { access: "read-only" } };
  const made = [
    ["/api/v1/hosts", readOnly],
    ["/api/v1/groups", group("europe", ["edge"])],
    ["/api/v1/groups", group("tiny", ["small"], { oversubscription: 50 })],
    ["/api/v1/projects/default/clusters", cluster("there", { distro: "k8s", host: "edge" })],
  ] as const;
  for (const [path, body] of made) expect((await test.call(root, "POST", path, body)).statusCode).toBe(201);
  const quota = { enabled: true, clusters: 1, cpu: 4, memoryGiB: 4, storageGiB: 2, separateGroups: [] };
  expect((await test.call(root, "PUT", "/api/v1/settings/user-quota", quota)).statusCode).toBe(200);
});
afterAll(async () => {
  await kubectl[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

const collections: Record<string, string> = {
  NestedCluster: "projects/default/clusters",
  HostCluster: "hosts",
  ClusterGroup: "groups",
};

/** What the HTTP API answers: the fields with their messages, in their order. */
async function byHttp(key: string, { object, patch }: BadInput): Promise<FieldError[]> {
  const path = `/api/v1/${collections[object.kind ?? ""]}`;
  const answer = await (patch
    ? hub.test.call(key, "PATCH", `${path}/${object.metadata.name}`, { spec: object.spec })
    : hub.test.call(key, "POST", path, object));
  expect(answer.statusCode, answer.body).toBeGreaterThanOrEqual(400);
  return sorted((answer.json() as { error: { fields?: FieldError[] } }).error.fields ?? []);
}

async function byCli(key: string, words: readonly string[], stdin = ""): Promise<FieldError[]> {
  const { code, err } = await hub.inkube(key, [...words, "-o", "json"], { stdin });
  expect([5, 6], err).toContain(code);
  const lines = err.trim().split("\n");
  return sorted((JSON.parse(lines.at(-1) ?? "") as { error: { details: FieldError[] } }).error.details);
}

/** kubectl prints `field: message`; of a 403 it leaves out the field. */
async function byKubectl(key: string, { object, patch }: BadInput): Promise<string> {
  const { kind, metadata, spec } = object;
  const change = ["patch", `${kind}/${metadata.name}`, "--type", "merge", "-p", JSON.stringify({ spec })];
  const { code, err } = await (patch
    ? kubectl.run(key, change)
    : kubectl.run(key, ["create", "-f", "-"], JSON.stringify(object)));
  expect(code, err).toBe(1);
  return err.replace(/Invalid value: "(object|string|integer|array|boolean)": /g, "");
}

function sorted(fields: readonly FieldError[]): FieldError[] {
  return [...fields].sort((a, b) => `${a.field} ${a.message}`.localeCompare(`${b.field} ${b.message}`));
}

describe("API-01 bad input has the same field and reason by HTTP, command line and kubectl", () => {
  it.each(badInputs)("$title", async (input) => {
    const key = input.limited ? ann : root;
    const http = await byHttp(key, input);
    expect([...new Set(http.map(({ field }) => field))]).toEqual(input.fields);
    expect(http.map(({ message }) => message).join(" ")).toMatch(input.says);
    if (input.verb !== undefined) expect(await byCli(key, input.verb.split(" "))).toEqual(http);
    expect(await byCli(key, ["apply", "-f", "-"], JSON.stringify(input.object))).toEqual(http);
    expect(await byCli(key, ["apply", "-f", "-", "--dry-run"], JSON.stringify(input.object))).toEqual(http);
    const said = await byKubectl(key, input);
    for (const { field, message } of http) expect(said).toContain(input.limited ? message : `${field}: ${message}`);
  });
});
