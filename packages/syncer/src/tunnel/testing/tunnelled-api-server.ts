import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@inkube/kube";
import { startRealApiServer } from "@inkube/kube/testing";
import type { TestPair } from "./certificates.ts";

export interface TunnelledApiServer extends AsyncDisposable {
  client: Client;
  /** A file for kubectl. */
  kubeconfig: string;
  server: string;
  token: string;
  ca: string;
}

/** A real kube-apiserver on loopback that dials its cluster through a tunnel on `port`, as a nested one does. */
export async function startTunnelledApiServer(
  port: number,
  identity: TestPair & { ca: string },
): Promise<TunnelledApiServer> {
  const dir = await mkdtemp(join(tmpdir(), "inkube-tunnel-"));
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const tlsConfig = {
    caBundle: await file("ca.crt", identity.ca),
    clientCert: await file("tls.crt", identity.cert),
    clientKey: await file("tls.key", identity.key),
  };
  const transport = { tcp: { url: `https://127.0.0.1:${port}`, tlsConfig } };
  const selection = { name: "cluster", connection: { proxyProtocol: "HTTPConnect", transport } };
  const egress = {
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [selection],
  };
  const api = await startRealApiServer({
    args: [
      `--egress-selector-config-file=${await file("egress.json", JSON.stringify(egress))}`,
      "--kubelet-preferred-address-types=InternalIP",
      // No controller makes service accounts here.
      "--disable-admission-plugins=ServiceAccount",
    ],
  });
  const { server, token = "", ca = "" } = api.config;
  const client = createClient(api.config);
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  return {
    client,
    server,
    token,
    ca,
    kubeconfig: await file("kubeconfig", JSON.stringify(kubeconfig)),
    async [Symbol.asyncDispose]() {
      await client.close();
      await api[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
