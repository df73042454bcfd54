import { afterAll, beforeAll, expect, it } from "vitest";
import { joinHost } from "../../../hub/src/hosts/testing/joined-host.ts";
import { type Ended, type HubAndCli, startHubAndCli } from "../testing/hub-and-cli.ts";

let hub: HubAndCli;
let root: string;
beforeAll(async () => {
  hub = await startHubAndCli();
  root = await hub.test.adminKey();
});
afterAll(() => hub[Symbol.asyncDispose]());

async function ends(words: string): Promise<Ended> {
  const ended = await hub.inkube(root, words);
  expect(ended.code, ended.err).toBe(0);
  return ended;
}

const hint =
  "Whether the record of *.a.example.com is there, inkube host describe edge-1 tells once the agent has looked\n";

it("NET-07 whoever saves a domain is told where to see whether its record is there, and sees it there", async () => {
  expect((await ends("host import edge-1 --endpoint Ingress --domain *.a.example.com")).err).toContain(hint);
  expect((await ends("host describe edge-1")).out).toMatch(/^DNS {9}not looked up yet$/m);

  const { report } = await joinHost(hub.test, root, "edge-1");
  const record = { type: "WildcardDNS", lastTransitionTime: "2026-01-01T00:00:00Z" };
  const message = "The record should be: *.a.example.com A 203.0.113.7.";
  await report({ conditions: [{ ...record, status: "False", reason: "DNSRecordMissing", message }] });
  expect((await ends("host describe edge-1")).out).toContain(`\nDNS         ${message}\n`);
  await report({ conditions: [{ ...record, status: "True", reason: "DNSRecordFound", message: "There." }] });
  expect((await ends("host describe edge-1")).out).toMatch(/^DNS {9}ok$/m);

  const update = "host update edge-1 --domain *.a.example.com";
  expect(await ends(update)).toMatchObject({ out: "Host edge-1 is changed\n", err: hint });
  for (const quiet of [`${update} --dry-run`, `${update} -q`, "host update edge-1 --description x"]) {
    expect((await ends(quiet)).err, quiet).toBe("");
  }
  await ends("host update edge-1 --endpoint Hub");
  expect((await ends("host describe edge-1")).out).not.toMatch(/^DNS/m);
});
