import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterConfig } from "./cluster-config.ts";
import { KubeconfigError } from "./kubeconfig-error.ts";

const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface InClusterOptions {
  /** Default: the process's environment. */
  env?: Record<string, string | undefined>;
  /** Default: where the kubelet mounts the service account. */
  dir?: string;
}

/** The API server and service account of the pod this runs in. Throws {@link KubeconfigError} outside of one. */
export function inClusterConfig(options: InClusterOptions = {}): ClusterConfig {
  const { env = process.env, dir = serviceAccountDir } = options;
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  if (!host || !port) {
    throw new KubeconfigError("Not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
  }
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ca: read(join(dir, "ca.crt")),
    tokenFile: join(dir, "token"),
    namespace: read(join(dir, "namespace")).trim(),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new KubeconfigError(`The pod's service account: ${path}: ${reason}`, error);
  }
}
