import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { Client } from "@inkube/kube";
import { afterEach, describe, expect, it } from "vitest";
import { testAuthority } from "../tunnel/testing/certificates.ts";
import { fakeNode } from "../tunnel/testing/fake-view.ts";
import { createHostKubelet } from "./host-kubelet.ts";

const signal = new AbortController().signal;

describe("a real kubelet's statistics", () => {
  let server: Server;
  const asked: IncomingMessage[] = [];

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    asked.length = 0;
  });

  async function start(names: string[], status = 200) {
    const authority = await testAuthority();
    server = createServer(await authority.issue("kubelet", names), (request, response) => {
      asked.push(request);
      response.writeHead(status).end("numbers");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const get: Client["get"] = async (_type, { name }) => fakeNode(name, "127.0.0.1");
    const host = { get } as Client;
    return { host, port, ca: authority.ca };
  }

  it("are read from the node's own address with the syncer's token", async () => {
    const { host, port, ca } = await start(["127.0.0.1"]);
    const read = createHostKubelet({ host, port, credentials: async () => ({ token: "t0ken", ca }) });
    expect(await read("node-a", "/stats/summary", signal)).toBe("numbers");
    expect(asked[0]?.headers.authorization).toBe("Bearer t0ken");
    read.close();
  });

  it("are not asked of a server whose certificate another CA signed", async () => {
    const { host, port } = await start(["127.0.0.1"]);
    const other = await testAuthority("another");
    const read = createHostKubelet({ host, port, credentials: async () => ({ token: "t", ca: other.ca }) });
    await expect(read("node-a", "/stats/summary", signal)).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining("is not signed by the CA"),
    });
    expect(asked).toEqual([]);
  });

  it("are not asked of a server whose certificate is for another address", async () => {
    const { host, port, ca } = await start(["192.0.2.7"]);
    const read = createHostKubelet({ host, port, credentials: async () => ({ token: "t", ca }) });
    await expect(read("node-a", "/stats/summary", signal)).rejects.toMatchObject({ status: 502 });
    expect(asked).toEqual([]);
  });

  it("are refused with the reason when the kubelet does not allow it or answers too much", async () => {
    const { host, port, ca } = await start(["127.0.0.1"], 403);
    const credentials = async () => ({ token: "t", ca });
    const read = createHostKubelet({ host, port, credentials });
    await expect(read("node-a", "/stats/summary", signal)).rejects.toThrow("does not let Inkube read its statistics");
    const small = createHostKubelet({ host, port, credentials, maxBytes: 3 });
    await expect(small("node-a", "/stats/summary", signal)).rejects.toThrow("too large");
    read.close();
    small.close();
  });
});
