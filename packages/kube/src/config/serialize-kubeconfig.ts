/** What a kubeconfig with one cluster, one user and one context says. PEM values are the text itself. */
export interface KubeconfigFields {
  server: string;
  ca: string;
  cert?: string;
  key?: string;
  token?: string;
  /** Names the cluster, the user and the context. */
  name: string;
  namespace?: string;
}

/** A kubeconfig in YAML that kubectl takes as it is. Every scalar is quoted, so no value can break out of its place. */
export function serializeKubeconfig(fields: KubeconfigFields): string {
  const { server, ca, cert, key, token, name, namespace } = fields;
  const text = (value: string) => JSON.stringify(value);
  const base64 = (pem: string) => text(Buffer.from(pem).toString("base64"));
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    `- name: ${text(name)}`,
    "  cluster:",
    `    server: ${text(server)}`,
    `    certificate-authority-data: ${base64(ca)}`,
    "users:",
    `- name: ${text(name)}`,
    cert || key || token ? "  user:" : "  user: {}",
    ...(cert ? [`    client-certificate-data: ${base64(cert)}`] : []),
    ...(key ? [`    client-key-data: ${base64(key)}`] : []),
    ...(token ? [`    token: ${text(token)}`] : []),
    "contexts:",
    `- name: ${text(name)}`,
    "  context:",
    `    cluster: ${text(name)}`,
    `    user: ${text(name)}`,
    ...(namespace ? [`    namespace: ${text(namespace)}`] : []),
    `current-context: ${text(name)}`,
    "",
  ].join("\n");
}
