import { names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { HubOptions, InstallOptions } from "./options.ts";

const namespace = names.systemNamespace;
/** Where the image's user may write nothing and owns nothing. */
const userId = 65532;
const certificates = "/var/run/inkube/tls";

interface Program {
  /** Name of the Deployment and its ServiceAccount. */
  name: string;
  container: "agent" | "syncer";
  args: string[];
  ports: { name: string; containerPort: number }[];
  healthPort: number;
  memory: { request: string; limit: string };
  volumes?: { name: string; secretName: string; mountPath: string }[];
  env?: { name: string; value: string }[];
  /** Folders of the node, read-only. */
  hostPaths?: { name: string; path: string; mountPath: string }[];
}

/** The agent's Deployment. */
export function agentDeployment(options: InstallOptions): KubeObject {
  return deployment(options, {
    name: names.agent,
    container: "agent",
    args: [
      `--program-image=${options.image}`,
      ...(options.imagePullPolicy ? [`--program-pull-policy=${options.imagePullPolicy}`] : []),
      `--log-level=${options.logLevel ?? "info"}`,
      ...(options.access === "read-only" ? ["--access=read-only"] : []),
    ],
    ports: [{ name: "metrics", containerPort: ports.agentMetrics }],
    healthPort: ports.agentMetrics,
    memory: { request: "96Mi", limit: "512Mi" },
    ...proxied(options.hub?.proxy),
  });
}

/** How the agent gets out where a proxy is in between. */
function proxied(proxy: HubOptions["proxy"]): Pick<Program, "env" | "hostPaths"> {
  const { httpsProxy, noProxy, caHostPath, caMountPath } = proxy ?? {};
  const env = [
    ...(httpsProxy ? [{ name: "HTTPS_PROXY", value: httpsProxy }] : []),
    ...(noProxy ? [{ name: "NO_PROXY", value: noProxy }] : []),
    ...(caHostPath ? [{ name: "INKUBE_PROXY_CA_DIR", value: caMountPath ?? caHostPath }] : []),
  ];
  const hostPaths = caHostPath ? [{ name: "proxy-ca", path: caHostPath, mountPath: caMountPath ?? caHostPath }] : [];
  return { env, hostPaths };
}

/** The shared syncer's Deployment. */
export function syncerDeployment(options: InstallOptions): KubeObject {
  return deployment(options, {
    name: names.syncer,
    container: "syncer",
    args: [`--log-level=${options.logLevel ?? "info"}`],
    ports: [
      { name: "tunnel", containerPort: ports.syncerTunnel },
      { name: "metrics", containerPort: ports.syncerMetrics },
    ],
    healthPort: ports.syncerMetrics,
    memory: { request: "128Mi", limit: "2Gi" },
    // Made by the agent; the kubelet holds the pod back until it is there.
    volumes: [{ name: "tls", secretName: names.syncerTlsSecret, mountPath: certificates }],
  });
}

/** Where nested API servers reach the tunnel. */
export function syncerService(): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: names.syncerService, namespace },
    spec: {
      selector: selector(names.syncer),
      ports: [
        { name: "tunnel", port: ports.syncerTunnel, targetPort: ports.syncerTunnel, protocol: "TCP" },
        { name: "metrics", port: ports.syncerMetrics, targetPort: ports.syncerMetrics, protocol: "TCP" },
      ],
    },
  };
}

function selector(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}

function deployment(options: InstallOptions, program: Program): KubeObject {
  const { name } = program;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: selector(name) },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector(name) },
      // Only the holder of the Lease is ready, so a new pod beside the old one would wait for ever.
      strategy: { type: "Recreate" },
      template: { metadata: { labels: selector(name) }, spec: podSpec(options, program) },
    },
  };
}

function podSpec(options: InstallOptions, program: Program): object {
  const mounted = program.volumes ?? [];
  return {
    serviceAccountName: program.name,
    priorityClassName: names.priorityClass,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      fsGroup: userId,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container(options, program)],
    volumes: [
      ...mounted.map(({ name, secretName }) => ({ name, secret: { secretName, defaultMode: 0o440 } })),
      ...(program.hostPaths ?? []).map(({ name, path }) => ({ name, hostPath: { path, type: "Directory" } })),
    ],
  };
}

function container(options: InstallOptions, program: Program): object {
  const health = (path: string): object => ({ httpGet: { path, port: program.healthPort } });
  return {
    name: program.container,
    image: options.image,
    imagePullPolicy: options.imagePullPolicy ?? "IfNotPresent",
    command: ["node", `/inkube/${program.container}.mjs`],
    args: program.args,
    env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }, ...(program.env ?? [])],
    ports: program.ports,
    // A node that is starved for a minute must lose neither the process nor its place behind the Service.
    startupProbe: { ...health("/readyz"), periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...health("/readyz"), periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { ...health("/healthz"), periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
    resources: {
      requests: { cpu: "20m", memory: program.memory.request },
      limits: { memory: program.memory.limit },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [...(program.volumes ?? []), ...(program.hostPaths ?? [])].map(({ name, mountPath }) => ({
      name,
      mountPath,
      readOnly: true,
    })),
  };
}
