import { fileNames, paths } from "./distro.ts";

/** A kubeconfig that names certificate files instead of holding them, so that renewed certificates are picked up. */
export function kubeconfigOfFiles(options: { user: string; server: string }): string {
  const { user, server } = options;
  return document({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "nested", cluster: { server, "certificate-authority": `${paths.pki}/ca.crt` } }],
    users: [
      {
        name: user,
        user: { "client-certificate": `${paths.pki}/${user}.crt`, "client-key": `${paths.pki}/${user}.key` },
      },
    ],
    contexts: [{ name: "nested", context: { cluster: "nested", user } }],
    "current-context": "nested",
  });
}

/** Nobody is anonymous except at the health endpoints, which the kubelet's probes ask. */
export function authenticationConfig(): string {
  return document({
    apiVersion: "apiserver.config.k8s.io/v1beta1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: ["/livez", "/readyz", "/healthz"].map((path) => ({ path })) },
  });
}

/**
 * Everything that the API server dials goes to the syncer's tunnel. There is deliberately no selection `etcd`:
 * it breaks a datastore on a unix socket.
 */
export function egressSelectorConfig(tunnelAddress: string): string {
  return document({
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      {
        name: "cluster",
        connection: {
          proxyProtocol: "HTTPConnect",
          transport: {
            tcp: {
              url: `https://${tunnelAddress}`,
              tlsConfig: {
                caBundle: `${paths.egress}/ca.crt`,
                clientCert: `${paths.egress}/tls.crt`,
                clientKey: `${paths.egress}/tls.key`,
              },
            },
          },
        },
      },
    ],
  });
}

/** Files of Secret `egress`, without certificate and key. */
export function egressFiles(tunnelAddress: string): Record<string, string> {
  return { [fileNames.egressSelector]: egressSelectorConfig(tunnelAddress) };
}

/** JSON is YAML too, and needs no library. */
function document(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
