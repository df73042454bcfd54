import { containers, names, ports } from "@inkube/api";
import { containerSecurity } from "../distros/container-security.ts";
import type { Container, Volume } from "../distros/distro.ts";
import { syncerProbes } from "../distros/probes.ts";
import type { RenderInput } from "./input.ts";

const tokenVolume = "host-token";
const certificates = "/var/run/inkube/tls";

/** The syncer's program as one more container of the control plane pod; undefined when the shared one serves this cluster. */
export function dedicatedSyncer(input: RenderInput): { containers: Container[]; volumes: Volume[] } | undefined {
  if (input.spec.syncer !== "dedicated") return undefined;
  const { cluster, host } = input;
  const container: Container = {
    name: containers.syncer,
    image: host.programImage,
    ...(host.programPullPolicy !== undefined && { imagePullPolicy: host.programPullPolicy }),
    command: ["node", "/inkube/syncer.mjs"],
    // Only the API server beside it dials the tunnel. The kubelet and monitoring come to the pod's address, of whichever family.
    args: [
      `--cluster=${cluster.project}/${cluster.name}`,
      `--tls-dir=${certificates}`,
      "--listen=127.0.0.1",
      "--metrics-listen=$(POD_IP)",
    ],
    env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
    ports: [{ name: "metrics", containerPort: ports.syncerMetrics, protocol: "TCP" }],
    ...syncerProbes,
    securityContext: containerSecurity({ openshift: input.spec.advanced?.openshift === true }),
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [
      { name: tokenVolume, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true },
      { name: names.syncerTlsSecret, mountPath: certificates, readOnly: true },
    ],
  };
  return { containers: [container], volumes };
}

/** The host's token goes into this one container, not into those that tenants talk to. */
const volumes: Volume[] = [
  {
    name: tokenVolume,
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
      ],
    },
  },
  { name: names.syncerTlsSecret, secret: { secretName: names.syncerTlsSecret, defaultMode: 0o440 } },
];
