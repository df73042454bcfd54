import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { BootstrapConfig } from "./bootstrap-config.ts";

const namespace = "kube-system";
const app = { "k8s-app": "kube-dns" };
const account = "coredns";
/** Above 1023, so that no capability is needed to listen. */
const dnsPort = 1053;

/** The Service by which pods ask; its ClusterIP comes from the host. */
export function dnsService(): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: names.dnsService,
      namespace,
      labels: { ...app, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
    },
    spec: {
      type: "ClusterIP",
      selector: app,
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: dnsPort },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: dnsPort },
        { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
      ],
    },
  };
}

export function dnsServiceAccount(): KubeObject {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } };
}

export function dnsClusterRole(): KubeObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "system:coredns" },
    rules: [
      { apiGroups: [""], resources: ["services", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  };
}

export function dnsClusterRoleBinding(): KubeObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "system:coredns" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  };
}

export function dnsConfigMap(config: BootstrapConfig): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: account, namespace },
    data: { Corefile: corefile(config) },
  };
}

/** `replicas` is left out on purpose: it starts at one and belongs to the tenant. */
export function dnsDeployment(config: BootstrapConfig): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: names.corednsDeployment, namespace, labels: { ...app, "kubernetes.io/name": "CoreDNS" } },
    spec: {
      selector: { matchLabels: app },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: app }, spec: podSpec(config) },
    },
  };
}

function podSpec(config: BootstrapConfig): object {
  return {
    serviceAccountName: account,
    // The node's resolver, for names outside the cluster.
    dnsPolicy: "Default",
    securityContext: {
      runAsNonRoot: true,
      ...(!config.openshift && { runAsUser: 65532, runAsGroup: 65532 }),
      seccompProfile: { type: "RuntimeDefault" },
    },
    tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
    containers: [container(config)],
    volumes: [{ name: "config", configMap: { name: account, items: [{ key: "Corefile", path: "Corefile" }] } }],
  };
}

function container(config: BootstrapConfig): object {
  return {
    name: "coredns",
    image: config.dns.image,
    imagePullPolicy: "IfNotPresent",
    args: ["-conf", "/etc/coredns/Corefile"],
    ports: [
      { name: "dns", containerPort: dnsPort, protocol: "UDP" },
      { name: "dns-tcp", containerPort: dnsPort, protocol: "TCP" },
      { name: "metrics", containerPort: 9153, protocol: "TCP" },
    ],
    resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "170Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      // The upstream image's binary carries this file capability and cannot be executed where it is forbidden.
      capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    },
    livenessProbe: {
      httpGet: { path: "/health", port: 8080 },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2, timeoutSeconds: 5 },
    volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
  };
}

function corefile(config: BootstrapConfig): string {
  const forward = config.dns.forward ?? "/etc/resolv.conf";
  const outside = forward === "" ? [] : [`forward . ${forward} {`, "   max_concurrent 1000", "}", "loop"];
  const lines = [
    "errors",
    "health :8080 {",
    "   lameduck 5s",
    "}",
    "ready :8181",
    `kubernetes ${config.clusterDomain} in-addr.arpa ip6.arpa {`,
    "   pods insecure",
    "   fallthrough in-addr.arpa ip6.arpa",
    "   ttl 30",
    "}",
    "prometheus :9153",
    ...outside,
    `cache 30 {`,
    `   disable success ${config.clusterDomain}`,
    `   disable denial ${config.clusterDomain}`,
    "}",
    "reload",
    "loadbalance",
  ];
  return `.:${dnsPort} {\n${lines.map((line) => `    ${line}`).join("\n")}\n}\n`;
}
