import { join } from "node:path";
import type { HostLayout } from "../host/host-layout.ts";
import { HostError } from "../host-error.ts";
import { writeIfChanged } from "../write-file.ts";
import { readKeyPair } from "./host-pki.ts";

/** Clients of the API server that get a kubeconfig in `layout.configDir`, named after their certificate. */
export const kubeconfigClients = ["kubelet-client", "controller-manager", "scheduler", "kube-proxy"] as const;

/** Where the kubeconfig of one client lies. */
export function clientKubeconfigPath(layout: HostLayout, client: (typeof kubeconfigClients)[number]): string {
  return join(layout.configDir, `${client}.kubeconfig`);
}

/** Writes the kubeconfigs of the parts and the administrator's (`layout.kubeconfigPath`), all 0600 and with the keys inside. */
export function writeKubeconfigs(layout: HostLayout, server: string): void {
  for (const client of kubeconfigClients) {
    writeIfChanged(clientKubeconfigPath(layout, client), renderKubeconfig(layout, server, client));
  }
  writeIfChanged(layout.kubeconfigPath, renderKubeconfig(layout, server, "admin"));
}

function renderKubeconfig(layout: HostLayout, server: string, client: string): string {
  const authority = readKeyPair(layout, "ca");
  const pair = readKeyPair(layout, client);
  if (authority === undefined || pair === undefined) {
    throw new HostError("notReady", `The certificate of ${client} is missing from ${layout.pkiDir}`);
  }
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: layout.name, cluster: { server, "certificate-authority-data": base64(authority.certificate) } }],
    users: [
      {
        name: client,
        user: { "client-certificate-data": base64(pair.certificate), "client-key-data": base64(pair.key) },
      },
    ],
    contexts: [{ name: layout.name, context: { cluster: layout.name, user: client } }],
    "current-context": layout.name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
