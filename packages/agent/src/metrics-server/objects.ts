import { apiVersion, type HostCluster, hostClusters, labels, managedBy, names, ports } from "@inkube/api";
import { imageName } from "@inkube/controlplane";
import type { KubeObject } from "@inkube/kube";
import { metricsServerLabels } from "./identity.ts";

const { metricsServer: name, systemNamespace: namespace } = names;
const version = "v0.8.0";
/** Where the image's user may write nothing and owns nothing. */
const userId = 65532;

/** Name of the APIService by which a cluster serves the Metrics API. */
export const metricsApiName = "v1beta1.metrics.k8s.io";

const ownLabels = { ...metricsServerLabels, [labels.managedBy]: managedBy.agent };

/** The metrics server as upstream runs it, within the Pod Security level restricted. Pure. */
export function metricsServerDeployment({ images, metricsServer }: HostCluster["spec"]): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: ownLabels },
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...metricsServerLabels } },
      template: {
        metadata: { labels: { ...metricsServerLabels } },
        spec: {
          serviceAccountName: name,
          ...(images?.pullSecret !== undefined && { imagePullSecrets: [{ name: images.pullSecret }] }),
          priorityClassName: names.priorityClass,
          enableServiceLinks: false,
          nodeSelector: { "kubernetes.io/os": "linux" },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: userId,
            runAsGroup: userId,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [container(images?.registry, metricsServer?.kubeletInsecureTLS ?? false)],
          volumes: [{ name: "certificates", emptyDir: {} }],
        },
      },
    },
  };
}

function container(registry: string | undefined, kubeletInsecureTLS: boolean): object {
  const probe = (path: string): object => ({
    httpGet: { path, port: ports.metricsServer, scheme: "HTTPS" },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  return {
    name,
    image: imageName("registry.k8s.io", "metrics-server/metrics-server", version, registry),
    args: [
      "--cert-dir=/tmp",
      `--secure-port=${ports.metricsServer}`,
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      "--kubelet-use-node-status-port",
      "--metric-resolution=15s",
      ...(kubeletInsecureTLS ? ["--kubelet-insecure-tls"] : []),
    ],
    ports: [{ name: "https", containerPort: ports.metricsServer, protocol: "TCP" }],
    readinessProbe: probe("/readyz"),
    livenessProbe: { ...probe("/livez"), failureThreshold: 6 },
    resources: { requests: { cpu: "50m", memory: "100Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [{ name: "certificates", mountPath: "/tmp" }],
  };
}

/**
 * Has the host serve the Metrics API by it. It signs its own certificate, as upstream's does, so the host cannot check that. Whoever
 * takes Inkube's definitions off the host, and with them the host's own object, takes this along. Pure.
 */
export function metricsApiService({ metadata: { name: hostName, uid = "" } }: HostCluster): KubeObject {
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: {
      name: metricsApiName,
      labels: ownLabels,
      ownerReferences: [{ apiVersion, kind: hostClusters.kind, name: hostName, uid }],
    },
    spec: {
      group: "metrics.k8s.io",
      version: "v1beta1",
      service: { name, namespace, port: 443 },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  };
}

/** True when this APIService leads to the metrics server that the agent brought, and to nobody else's. */
export function isOurMetricsApi(apiService: KubeObject): boolean {
  const { service } = (apiService.spec ?? {}) as { service?: { name?: string; namespace?: string } };
  return service?.name === name && service.namespace === namespace;
}
