import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient, type KubeObject, resources, systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { createAdmissionServer } from "../admission/admission-server.ts";
import { webhookServerName } from "../admission/webhook-names.ts";
import { createBootstrap } from "../bootstrap/bootstrap.ts";
import { createKubeletServer } from "../kubelet/kubelet-server.ts";
import { testAuthority } from "./testing/certificates.ts";
import { type FakeView, fakeNode, fakePod, fakeRegistry, fakeView } from "./testing/fake-view.ts";
import { startTunnelledApiServer, type TunnelledApiServer } from "./testing/tunnelled-api-server.ts";
import { startTunnel, type Tunnel } from "./tunnel.ts";

const run = promisify(execFile);
const nodeIP = "10.99.0.1";

/** Stands where the host's API server stands: says what it was asked, and answers logs and WebSocket streams. */
async function startHost(): Promise<{ server: Server; asked: IncomingMessage[]; url: string }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    if (request.url?.includes("/log?")) response.end("line of the log\n");
    else response.writeHead(404).end(JSON.stringify({ kind: "Status", reason: "NotFound", message: "not found" }));
  });
  const streams = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
  server.on("upgrade", (request, socket, head) => {
    asked.push(request);
    if (request.headers.upgrade?.toLowerCase() !== "websocket") {
      const body = "container not-there is not valid for pod web-x-default-x-demo";
      socket.end(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      return;
    }
    streams.handleUpgrade(request, socket, head, (channel) => {
      channel.on("message", (data) => channel.send(data));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("a real kube-apiserver behind the tunnel", () => {
  let view: FakeView;
  let tunnel: Tunnel;
  let api: TunnelledApiServer;
  let host: Awaited<ReturnType<typeof startHost>>;
  const logger = collectingLogger();

  beforeAll(async () => {
    host = await startHost();
    const internal = await testAuthority("internal CA");
    const serving = await internal.issue("inkube-syncer", ["127.0.0.1", webhookServerName]);
    view = fakeView({ host: createClient({ server: host.url }) });
    const clock = systemClock;
    tunnel = await startTunnel({
      registry: fakeRegistry(view),
      tls: { ...serving, ca: internal.ca },
      host: "127.0.0.1",
      port: 0,
      logger,
      clock,
      endpoints: (secureContext) => ({
        kubelet: createKubeletServer({
          secureContext,
          clock,
          logger,
          hostKubelet: () => Promise.reject(new Error("none")),
        }),
        admission: createAdmissionServer({ secureContext, clock, logger, random: Math.random }),
      }),
    });
    const identity = await internal.issue(view.identity.hostNamespace);
    api = await startTunnelledApiServer(tunnel.address.port, { ...identity, ca: internal.ca });
    view = Object.assign(view, { nested: api.client });
    view.nodes.push(fakeNode("node-a", nodeIP));
    const abort = AbortSignal.timeout(300_000);
    view.answer = answerAddresses();
    const bootstrap = createBootstrap({
      view,
      clock,
      logger,
      config: {
        clusterDomain: "cluster.local",
        apiServiceIP: "10.96.3.3",
        controlPlanePodIPs: () => ["10.244.0.9"],
        clusterCA: api.ca,
        webhookCA: internal.ca,
        dns: { image: "registry.k8s.io/coredns/coredns:v1.12.4" },
      },
    });
    await bootstrap.run(abort);

    await createPod("web");
  });

  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await tunnel?.close();
    host?.server.closeAllConnections();
    host?.server.close();
  });

  async function createPod(name: string): Promise<void> {
    const node: KubeObject = { apiVersion: "v1", kind: "Node", metadata: { name: "node-a" } };
    await api.client.create(resources.nodes, node);
    await api.client.patch(
      resources.nodes,
      { name: "node-a" },
      {
        status: {
          addresses: [{ type: "InternalIP", address: nodeIP }],
          daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        },
      },
      { type: "merge", subresource: "status" },
    );
    await api.client.create(resources.pods, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default" },
      spec: { nodeName: "node-a", containers: [{ name: "app", image: "x" }] },
    });
    const pod = await api.client.get(resources.pods, { namespace: "default", name });
    const pair = fakePod(view, name, "node-a");
    view.pods.push({ nested: pod as KubeObject, host: pair.host });
    await api.client.patch(
      resources.pods,
      { namespace: "default", name },
      {
        status: {
          phase: "Running",
          containerStatuses: [
            { name: "app", image: "x", imageID: "x", ready: true, restartCount: 0, state: { running: {} } },
          ],
        },
      },
      { type: "merge", subresource: "status" },
    );
  }

  /** What kubectl printed, and what it complained of. */
  async function kubectl(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(join(process.env.INKUBE_BIN_DIR ?? "", "kubectl"), [
      "--kubeconfig",
      api.kubeconfig,
      ...args,
    ]).catch((error: { stdout: string; stderr: string }) => error);
    return stdout + stderr;
  }

  /**
   * Waits until the API server's watch cache has a Service as it is now. An update that starts from an older one is begun twice,
   * and the second time finds the address of the first taken: Kubernetes gives it back only after minutes.
   */
  async function whenCached(ref: { namespace: string; name: string }): Promise<void> {
    const path = `/api/v1/namespaces/${ref.namespace}/services/${ref.name}?resourceVersion=0`;
    const live = await api.client.get(resources.services, ref);
    await vi.waitFor(
      async () => {
        const cached = JSON.parse(await kubectl("get", "--raw", path)) as KubeObject;
        expect(cached.metadata.resourceVersion).toBe(live?.metadata.resourceVersion);
      },
      { timeout: 300_000, interval: 50 },
    );
  }

  it("serves the logs of the cluster's own pods", async () => {
    expect(await kubectl("logs", "web", "--tail=5", "--timestamps")).toBe("line of the log\n");
    const { pathname, searchParams } = new URL(host.asked.at(-1)?.url ?? "", host.url);
    expect(pathname).toBe(`/api/v1/namespaces/${view.identity.hostNamespace}/pods/web-x-default-x-demo/log`);
    expect(Object.fromEntries(searchParams)).toEqual({ container: "app", tailLines: "5", timestamps: "true" });
  });

  it("hands exec on to the host and shows its refusal in the tenant's terms", async () => {
    const said = await kubectl("exec", "web", "-c", "app", "--", "echo", "hello world");
    expect(said).toContain("container not-there is not valid for pod web");
    expect(said).not.toContain("-x-default");
    const request = host.asked.at(-1);
    const { searchParams } = new URL(request?.url ?? "", host.url);
    expect(request?.headers.upgrade).toBe("SPDY/3.1");
    expect(request?.headers["x-stream-protocol-version"]).toContain("v4.channel.k8s.io");
    expect(searchParams.getAll("command")).toEqual(["echo", "hello world"]);
    expect(searchParams.get("stdout")).toBe("true");
  });

  it("carries a WebSocket stream both ways", async () => {
    const url = `${api.server.replace("https", "wss")}/api/v1/namespaces/default/pods/web/exec?command=cat&stdin=true&stdout=true`;
    const headers = { authorization: `Bearer ${api.token}` };
    const socket = new WebSocket(url, "v4.channel.k8s.io", { ca: api.ca, headers });
    const echoed = await new Promise<Buffer>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => socket.send(Buffer.from("\0ping")));
      socket.once("message", (data: Buffer) => resolve(data));
    });
    socket.close();
    expect(echoed.toString()).toBe("\0ping");
    expect(host.asked.at(-1)?.headers.authorization).toBeUndefined();
  });

  it("says why a connection is refused", async () => {
    const said = await kubectl("get", "--raw", "/api/v1/namespaces/default/services/https:elsewhere:443/proxy/");
    expect(said).toContain("elsewhere");
    await api.client.create(resources.services, {
      metadata: { name: "elsewhere", namespace: "default" },
      spec: { type: "ExternalName", externalName: "example.invalid" },
    });
    const answer = await kubectl("get", "--raw", "/api/v1/nodes/node-a:9999/proxy/");
    expect(answer).toContain(`${nodeIP}:9999 is a port of a node`);
  });

  it("lists the cluster's own pods of a node and refuses what is not on the list", async () => {
    const pods = JSON.parse(await kubectl("get", "--raw", "/api/v1/nodes/node-a/proxy/pods")) as {
      items: KubeObject[];
    };
    expect(pods.items.map(({ metadata }) => metadata.name)).toEqual(["web"]);
    expect(await kubectl("get", "--raw", "/api/v1/nodes/node-a/proxy/configz")).toContain("not served");
    expect(await kubectl("get", "--raw", "/api/v1/nodes/node-a/proxy/healthz")).toBe("ok");
  });

  it("gives Services the host's addresses, whoever creates them", async () => {
    const created = await api.client.create(resources.services, {
      metadata: { name: "web", namespace: "default" },
      spec: {
        type: "NodePort",
        ports: [{ port: 80 }, { port: 81 }].map((port) => ({ ...port, name: `p${port.port}` })),
      },
    });
    const spec = created.spec as { clusterIP: string; clusterIPs: string[]; ports: { nodePort: number }[] };
    const asked = view.asked.at(-1);
    expect(asked?.service.metadata.name).toBe("web");
    expect(spec.clusterIP).toMatch(/^10\.96\.7\./);
    expect(spec.clusterIPs).toEqual([spec.clusterIP]);
    expect(spec.ports.map(({ nodePort }) => nodePort)).toEqual(view.answer(created).nodePorts);
  });

  it("names a Service with generateName before the API server would", async () => {
    const created = await api.client.create(resources.services, {
      metadata: { name: "", generateName: "many-", namespace: "default" },
      spec: { ports: [{ port: 80 }] },
    });
    expect(created.metadata.name).toMatch(/^many-[a-z0-9]{5}$/);
    expect(view.asked.at(-1)?.service.metadata.name).toBe(created.metadata.name);
  });

  it("asks again when a Service without an address gets one, and not when labels change", async () => {
    const ref = { namespace: "default", name: "elsewhere" };
    const before = view.asked.length;
    await api.client.patch(resources.services, ref, { metadata: { labels: { a: "b" } } }, { type: "merge" });
    expect(view.asked.length).toBe(before);
    await whenCached(ref);
    const spec = { type: "ClusterIP", externalName: null, ports: [{ port: 80 }] };
    const updated = await api.client.patch(resources.services, ref, { spec }, { type: "merge" });
    expect(view.asked.length).toBe(before + 1);
    expect((updated.spec as { clusterIP: string }).clusterIP).toMatch(/^10\.96\.7\./);
  });

  it("gives node ports of the host to a Service that becomes a NodePort", async () => {
    const ref = { namespace: "default", name: "elsewhere" };
    await whenCached(ref);
    const before = await api.client.get(resources.services, ref);
    const updated = await api.client.patch(resources.services, ref, { spec: { type: "NodePort" } }, { type: "merge" });
    expect(view.asked.at(-1)).toMatchObject({ update: true, service: { spec: { type: "NodePort" } } });
    expect(updated.spec).toMatchObject({ ports: [{ nodePort: view.answer(updated).nodePorts[0] }] });
    expect(updated.spec).toHaveProperty("clusterIP", (before?.spec as { clusterIP?: string } | undefined)?.clusterIP);
  });

  it("creates nothing on the host on a dry run", async () => {
    const service = { metadata: { name: "dry", namespace: "default" }, spec: { ports: [{ port: 80 }] } };
    await api.client.create(resources.services, service, { dryRun: true });
    expect(view.asked.at(-1)?.dryRun).toBe(true);
  });

  it("gives default/kubernetes the address of the host's Service, with its endpoints", async () => {
    const ref = { namespace: "default", name: "kubernetes" };
    const service = await api.client.get(resources.services, ref);
    expect(service?.spec).toMatchObject({ clusterIP: "10.96.3.3" });
    const slices = await api.client.list(resources.endpointslices, { namespace: "default" });
    expect(slices.items.map(({ endpoints }) => endpoints)).toMatchObject([[{ addresses: ["10.244.0.9"] }]]);
  });

  it("has DNS objects that the restricted level of Pod Security accepts", async () => {
    const deployment = await api.client.get(resources.deployments, { namespace: "kube-system", name: "coredns" });
    const { template } = (deployment as KubeObject).spec as { template: KubeObject };
    const namespace = { metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } } };
    await api.client.create(resources.namespaces, namespace);
    const pod = { ...template, metadata: { name: "dns", namespace: "strict" } };
    await expect(api.client.create(resources.pods, pod, { dryRun: true })).resolves.toBeDefined();
  });

  it("logs no body, token or command", () => {
    expect(JSON.stringify(logger.entries)).not.toMatch(/hello world|bearer/i);
  });
});

/** A host that counts up: another ClusterIP for every Service, and node ports that follow from it. */
function answerAddresses(): FakeView["answer"] {
  const given = new Map<string, string>();
  return (service) => {
    const key = `${service.metadata.namespace}/${service.metadata.name}`;
    const ip = given.get(key) ?? `10.96.7.${given.size + 1}`;
    given.set(key, ip);
    const { type, ports = [] } = service.spec as { type?: string; ports?: object[] };
    const nodePorts = ports.map((_, index) =>
      type === "NodePort" ? 31000 + 10 * Number(ip.split(".")[3]) + index : 0,
    );
    return { clusterIP: ip, clusterIPs: [ip], ipFamilies: ["IPv4"], nodePorts };
  };
}
