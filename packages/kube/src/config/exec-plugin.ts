import { execFile } from "node:child_process";
import type { ClusterConfig, ExecPlugin } from "./cluster-config.ts";
import type { Credential } from "./credentials.ts";
import { KubeconfigError } from "./kubeconfig-error.ts";

const pluginTimeoutMs = 60_000;
const supportedVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

interface ExecCredential {
  apiVersion?: string;
  kind?: string;
  status?: {
    token?: string;
    clientCertificateData?: string;
    clientKeyData?: string;
    expirationTimestamp?: string;
  };
}

/** Runs a credential plugin once. Never interactive. Its output is not repeated in errors, as it holds the secret. */
export async function runExecPlugin(plugin: ExecPlugin, config: ClusterConfig): Promise<Credential> {
  if (!supportedVersions.includes(plugin.apiVersion)) {
    throw new KubeconfigError(
      `Credential plugin ${plugin.command}: apiVersion ${plugin.apiVersion} is not one of ${supportedVersions.join(", ")}`,
    );
  }
  const output = await run(plugin, execInfo(plugin, config));
  return credentialFrom(plugin, output);
}

function execInfo(plugin: ExecPlugin, config: ClusterConfig): string {
  const cluster = plugin.provideClusterInfo && {
    server: config.server,
    ...(config.tlsServerName && { "tls-server-name": config.tlsServerName }),
    ...(config.insecureSkipTlsVerify && { "insecure-skip-tls-verify": true }),
    ...(config.ca && { "certificate-authority-data": Buffer.from(config.ca).toString("base64") }),
    ...(config.proxyUrl && { "proxy-url": config.proxyUrl }),
  };
  return JSON.stringify({
    apiVersion: plugin.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(cluster && { cluster }) },
  });
}

function run(plugin: ExecPlugin, info: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: info };
    const options = { env, timeout: pluginTimeoutMs, maxBuffer: 1 << 20 };
    const child = execFile(plugin.command, plugin.args ?? [], options, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const why = missing ? `not found. ${plugin.installHint ?? ""}` : stderr.trim().slice(0, 500) || "failed";
      reject(new KubeconfigError(`Credential plugin ${plugin.command}: ${why.trim()}`));
    });
    child.stdin?.end();
  });
}

function credentialFrom(plugin: ExecPlugin, output: string): Credential {
  let answer: ExecCredential;
  try {
    answer = JSON.parse(output) as ExecCredential;
  } catch {
    throw new KubeconfigError(`Credential plugin ${plugin.command}: its output is not JSON`);
  }
  const status = answer.status;
  if (answer.kind !== "ExecCredential" || answer.apiVersion !== plugin.apiVersion || !status) {
    throw new KubeconfigError(
      `Credential plugin ${plugin.command}: its output is not an ExecCredential of ${plugin.apiVersion} with a status`,
    );
  }
  const { token, clientCertificateData: cert, clientKeyData: key } = status;
  if (!token && !(cert && key)) {
    throw new KubeconfigError(
      `Credential plugin ${plugin.command}: neither a token nor a certificate with key came back`,
    );
  }
  const expiresAt = Date.parse(status.expirationTimestamp ?? "");
  return {
    ...(token && { token }),
    ...(cert && key && { cert, key }),
    ...(Number.isFinite(expiresAt) && { expiresAt }),
  };
}
