import type { NestedCluster } from "@inkube/api";
import { createPki } from "@inkube/controlplane";
import { afterAll, describe, expect, it } from "vitest";
import type { Authorities } from "./authorities.ts";
import { type Dialling, observeEndpoint } from "./observe-endpoint.ts";
import { startTlsEndpoint } from "./testing/tls-endpoint.ts";

const name = "web.team.edge.example.test";
const pki = await createPki({ now: Date.now(), serverNames: [name, "127.0.0.1"] });
const endpoint = await startTlsEndpoint(pki);
afterAll(() => endpoint[Symbol.asyncDispose]());

const { signal } = new AbortController();
const cluster = { metadata: { name: "web" } } as NestedCluster;

/** What is said of an endpoint whose name leads to these addresses, one answer each time that it is looked up. */
async function observe(host: string, answers: string[][], changes: Partial<Dialling> = { allowLoopback: true }) {
  let [lookups, asked] = [0, 0];
  const ask = async () => {
    asked += 1;
    return pki["ca.crt"];
  };
  const authorities: Authorities = { of: ask, again: ask, forget: () => {} };
  const lookup = async () => answers[lookups++] ?? [];
  const target = { url: `https://${host}:${endpoint.port}` };
  const before = endpoint.asked.length;
  const reason = await observeEndpoint({ authorities, dialling: { lookup, ...changes } }, cluster, target, signal);
  return { reason, lookups, asked, dialled: endpoint.asked.length - before };
}

describe("observeEndpoint", () => {
  it("NET-07 NET-08 dials the address that it looked up, and knows the server by its name", async () => {
    const seen = await observe(name, [["127.0.0.1"]]);
    expect(seen).toEqual({ reason: "EndpointAnswersHub", lookups: 1, asked: 1, dialled: 1 });
  });

  it.each<[string, string, string[][]]>([
    ["loopback by name", name, [["127.0.0.1"]]],
    ["loopback by address", "127.0.0.1", []],
    ["loopback in another notation", "0x7f.1", []],
    ["loopback as IPv6", "[::ffff:127.0.0.1]", []],
    ["a cloud's metadata", name, [["169.254.169.254"]]],
    ["one of several that is not to be dialled", name, [["203.0.113.7", "127.0.0.1"]]],
  ])("refuses %s, and asks nobody anything more", async (_what, host, answers) => {
    expect(await observe(host, answers, {})).toMatchObject({ reason: "EndpointNotDialled", asked: 0, dialled: 0 });
  });

  it("does not look a name up again that leads elsewhere the second time", async () => {
    const { reason, lookups } = await observe(name, [["127.0.0.1"], ["169.254.169.254"]]);
    expect([reason, lookups]).toEqual(["EndpointAnswersHub", 1]);
  });

  it("NET-07 says that a name does not resolve, also when no name server answers", async () => {
    expect(await observe(name, [])).toMatchObject({ reason: "EndpointUnknownToHub", asked: 0 });
    const lookup = () => Promise.reject(new Error("ETIMEOUT"));
    expect(await observe(name, [], { lookup })).toMatchObject({ reason: "EndpointUnknownToHub", asked: 0 });
  });
});
