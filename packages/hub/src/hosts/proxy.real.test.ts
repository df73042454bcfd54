import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostClusters } from "@inkube/api";
import { createAuthority, issueServing } from "@inkube/controlplane";
import { systemClock } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { type AgentProgram, startAgentProgram } from "./testing/agent-program.ts";
import { type ConnectProxy, startConnectProxy } from "./testing/connect-proxy.ts";
import { importToken } from "./testing/joined-host.ts";

const hubName = "hub.example.test";

let test: TestHub;
let admin: string;
let front: Server;
let proxy: ConnectProxy;
let folder: string;
/** Who signed the certificate that answers as the hub, and somebody else. */
let authority: string;
let stranger: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  folder = await mkdtemp(join(tmpdir(), "inkube-proxy-"));
  const now = systemClock.now();
  const signer = await createAuthority("signer", now);
  authority = signer.certificate;
  stranger = (await createAuthority("stranger", now)).certificate;
  const { certificate, key } = await issueServing(signer, { commonName: "hub", names: [hubName], now });
  const { server } = test.hub;
  front = createServer({ cert: certificate, key }, (request, response) => server.routing(request, response));
  front.on("upgrade", (...connection) => server.server.emit("upgrade", ...connection));
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  proxy = await startConnectProxy({ [`${hubName}:443`]: (front.address() as AddressInfo).port });
});
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  front?.close();
  await rm(folder, { recursive: true });
  await test?.[Symbol.asyncDispose]();
});

/** The agent's own program on a host of its own, which joins by an import of this name. */
async function startAgent(name: string, env: Record<string, string>, ca?: string): Promise<AgentProgram> {
  await test.admin.create(hostClusters, { metadata: { name }, spec: {} });
  const token = await importToken(test, admin, name);
  return startAgentProgram({ url: `https://${hubName}`, token, ...(ca && { ca }) }, { env });
}

async function authorityFolder(pem: string): Promise<string> {
  const path = await mkdtemp(join(folder, "authorities-"));
  await writeFile(join(path, "proxy-ca.crt"), pem);
  return path;
}

const statusOf = async (name: string) => (await test.admin.get(hostClusters, { name }))?.status;
const tunnelOf = (name: string) =>
  test.log.entries.find(({ message, fields }) => message === "Agent opened its tunnel" && fields.host === name);

describe("an agent behind a proxy", () => {
  it("IMP-11 joins, reports and opens its tunnel through it, and trusts the hub by its own authority", async () => {
    await using agent = await startAgent("proxied", { HTTPS_PROXY: proxy.url }, authority);
    await eventually(async () => {
      expect(await statusOf("proxied"), agent.log).toMatchObject({ phase: "Running", access: "full" });
      expect(tunnelOf("proxied"), agent.log).toBeDefined();
    });
    expect(proxy.connected.length).toBeGreaterThan(1);
    expect(agent.log).not.toContain("pa%20ss");
  });

  it.each(["of the import's own", "of nobody else"])(
    "IMP-11 trusts what the proxy's authority signed beside the authority %s",
    async (own) => {
      const ca = own === "of nobody else" ? undefined : stranger;
      const name = ca ? "inspected" : "public";
      const env = { HTTPS_PROXY: proxy.url, INKUBE_PROXY_CA_DIR: await authorityFolder(authority) };
      await using agent = await startAgent(name, env, ca);
      await eventually(async () => {
        expect(await statusOf(name), agent.log).toMatchObject({ phase: "Running" });
        expect(tunnelOf(name), agent.log).toBeDefined();
      });
    },
  );

  it("IMP-11 tells nobody else its token: it stays away from a hub that a stranger's certificate speaks for", async () => {
    await using agent = await startAgent("careful", { HTTPS_PROXY: proxy.url }, stranger);
    await eventually(() => expect(agent.log).toContain("Could not join the hub"));
    expect(agent.log).toMatch(/certificate/);
    expect((await statusOf("careful")) as object | undefined).not.toHaveProperty("heartbeat");
  });

  it("IMP-11 goes past the proxy where it is told to", async () => {
    const before = proxy.connected.length;
    await using agent = await startAgent("direct", { HTTPS_PROXY: proxy.url, NO_PROXY: ".example.test" }, authority);
    await eventually(() => expect(agent.log).toContain("Could not join the hub"));
    expect(proxy.connected).toHaveLength(before);
  });
});
