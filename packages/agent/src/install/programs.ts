import { names, parseToken, ports } from "@inkube/api";
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
  volumes?: { name: string; secret: object; mountPath: string }[];
  env?: object[];
  annotations?: Record<string, string>;
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
    ...(options.hub && joining(options.hub)),
  });
}

const proxyCertificates = "/var/run/inkube/proxy-ca";

/** Optional, as a host that has left its hub has no such Secret any more. */
const proxyKey = { name: names.hubConnectionSecret, key: "https-proxy", optional: true };
const proxyAuthorities = {
  secretName: names.hubConnectionSecret,
  items: [{ key: "proxy-ca.crt", path: "proxy-ca.crt" }],
  defaultMode: 0o440,
  optional: true,
};

/** How the agent gets out where a proxy is in between; it reads that at start, so each import has it start anew. */
function joining({ token, proxy }: HubOptions): Pick<Program, "env" | "volumes" | "annotations"> {
  const { httpsProxy, noProxy, ca } = proxy ?? {};
  const id = parseToken(token)?.id;
  const env = [
    // Its address may hold a password, which not everybody who may read Deployments shall see.
    ...(httpsProxy ? [{ name: "HTTPS_PROXY", valueFrom: { secretKeyRef: proxyKey } }] : []),
    ...(noProxy ? [{ name: "NO_PROXY", value: noProxy }] : []),
    ...(ca ? [{ name: "INKUBE_PROXY_CA_DIR", value: proxyCertificates }] : []),
  ];
  const volumes = ca ? [{ name: "proxy-ca", secret: proxyAuthorities, mountPath: proxyCertificates }] : [];
  return { env, volumes, ...(id !== undefined && { annotations: { "inkube.dev/import": id } }) };
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
    volumes: [
      { name: "tls", secret: { secretName: names.syncerTlsSecret, defaultMode: 0o440 }, mountPath: certificates },
    ],
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
      template: {
        metadata: { labels: selector(name), ...(program.annotations && { annotations: program.annotations }) },
        spec: podSpec(options, program),
      },
    },
  };
}

function podSpec(options: InstallOptions, program: Program): object {
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
    volumes: (program.volumes ?? []).map(({ name, secret }) => ({ name, secret })),
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
    volumeMounts: (program.volumes ?? []).map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
  };
}
