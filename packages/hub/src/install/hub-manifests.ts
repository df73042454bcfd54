import { labels, names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { Rule } from "../access/rules.ts";
import { administrators } from "../auth/principal.ts";
import { hubRules, hubSystemRules } from "./hub-rules.ts";
import { roleDefinitions } from "./roles.ts";

/** How a hub is installed beside an agent. */
export interface HubInstallOptions {
  /** Image with the programs at /inkube. */
  image: string;
  imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /** `https://host:port` as people and agents reach it. */
  url: string;
  /** Fixed port on every node; without it the Service is a ClusterIP. */
  nodePort?: number;
  /** Storage of the history in SQLite. */
  storage?: string;
  /** Secret with the URL of a PostgreSQL in the key `url`: the history is there, and nothing is on a volume. */
  storeSecret?: string;
  /** More than one needs `storeSecret`. Default 1. */
  replicas?: number;
  /** Default info. */
  logLevel?: "debug" | "info" | "warn" | "error";
}

const rbac = "rbac.authorization.k8s.io";
const namespace = names.systemNamespace;
const selector = { "app.kubernetes.io/name": names.hub };
const userId = 65532;
const dataDir = "/var/lib/inkube-hub";
/** Secret with the settings of OpenID Connect, in the key `oidc.json`; there is none before somebody makes it. */
const oidcSecret = "hub-oidc";
const oidcDir = "/etc/inkube/oidc";
/** The Secret of the store again: the URL may name certificates in it. */
const storeDir = "/etc/inkube/store";

/** Everything that makes a host also the place of a hub, in the order in which it is applied. Pure. */
export function hubManifests(options: HubInstallOptions): KubeObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: names.hub, namespace } },
    clusterRole(names.hub, hubRules),
    clusterRoleBinding(names.hub, names.hub, { kind: "ServiceAccount", name: names.hub, namespace }),
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name: names.hub, namespace }, rules: hubSystemRules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name: names.hub, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name: names.hub },
      subjects: [{ kind: "ServiceAccount", name: names.hub, namespace }],
    },
    ...roleDefinitions.map(({ name, rules, description }) => clusterRole(name, rules, description)),
    clusterRoleBinding(administrators, "inkube:administrator", { kind: "Group", apiGroup: rbac, name: administrators }),
    ...(options.storeSecret === undefined ? [dataClaim(options)] : []),
    service(options),
    deployment(options),
  ];
}

function clusterRole(name: string, rules: readonly Rule[], description?: string): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: {
      name,
      labels: { [labels.managedBy]: "hub" },
      ...(description && { annotations: { "kubernetes.io/description": description } }),
    },
    rules,
  };
}

function clusterRoleBinding(name: string, role: string, subject: object): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [subject],
  };
}

function dataClaim({ storage = "1Gi" }: HubInstallOptions): KubeObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "hub-data", namespace },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  };
}

function service({ nodePort }: HubInstallOptions): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: names.hubService, namespace },
    spec: {
      type: nodePort === undefined ? "ClusterIP" : "NodePort",
      selector,
      ports: [
        {
          name: "https",
          port: 443,
          targetPort: ports.hub,
          protocol: "TCP",
          ...(nodePort !== undefined && { nodePort }),
        },
      ],
    },
  };
}

function deployment(options: HubInstallOptions): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: names.hub, namespace, labels: selector },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: selector },
      // SQLite is for one process.
      strategy: { type: options.storeSecret === undefined ? "Recreate" : "RollingUpdate" },
      template: { metadata: { labels: selector }, spec: podSpec(options) },
    },
  };
}

/** Where the history is, in parts of a pod. */
function storeParts({ storeSecret }: HubInstallOptions) {
  if (storeSecret === undefined) {
    return {
      args: [`--data-dir=${dataDir}`],
      env: [],
      mounts: [{ name: "data", mountPath: dataDir }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "hub-data" } }],
      placing: {},
    };
  }
  const spread = { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" };
  return {
    args: [],
    env: [{ name: "INKUBE_STORE_URL", valueFrom: { secretKeyRef: { name: storeSecret, key: "url" } } }],
    mounts: [{ name: "store", mountPath: storeDir, readOnly: true }],
    volumes: [{ name: "store", secret: { secretName: storeSecret, defaultMode: 0o440 } }],
    placing: { topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: selector } }] },
  };
}

function podSpec(options: HubInstallOptions): object {
  const store = storeParts(options);
  const health = (path: string): object => ({ httpGet: { path, port: ports.hubMetrics } });
  return {
    serviceAccountName: names.hub,
    priorityClassName: names.priorityClass,
    enableServiceLinks: false,
    ...store.placing,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      fsGroup: userId,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "hub",
        image: options.image,
        imagePullPolicy: options.imagePullPolicy ?? "IfNotPresent",
        command: ["node", "/inkube/hub.mjs"],
        args: [
          `--url=${options.url}`,
          `--program-image=${options.image}`,
          ...(options.imagePullPolicy ? [`--program-pull-policy=${options.imagePullPolicy}`] : []),
          ...store.args,
          `--oidc-config=${oidcDir}/oidc.json`,
          `--log-level=${options.logLevel ?? "info"}`,
        ],
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }, ...store.env],
        ports: [
          { name: "https", containerPort: ports.hub },
          { name: "metrics", containerPort: ports.hubMetrics },
        ],
        // A node that is starved for a minute must not lose the hub's place behind its Service.
        startupProbe: { ...health("/readyz"), periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 },
        readinessProbe: { ...health("/readyz"), periodSeconds: 10, timeoutSeconds: 5 },
        livenessProbe: { ...health("/healthz"), periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
        resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "1Gi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [...store.mounts, { name: "oidc", mountPath: oidcDir, readOnly: true }],
      },
    ],
    volumes: [
      ...store.volumes,
      { name: "oidc", secret: { secretName: oidcSecret, optional: true, defaultMode: 0o440 } },
    ],
  };
}
