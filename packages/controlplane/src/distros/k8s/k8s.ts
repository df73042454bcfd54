import { containers, names, ports } from "@inkube/api";
import { apiResources } from "../api-resources.ts";
import { authenticationConfig, kubeconfigOfFiles } from "../config-files.ts";
import { containerSecurity } from "../container-security.ts";
import {
  type Container,
  type DistroDefinition,
  type DistroInput,
  fileNames,
  paths,
  toArguments,
  type Volume,
} from "../distro.ts";
import { apiServerProbes } from "../probes.ts";
import { apiServerFlags } from "./api-server-flags.ts";
import { controllerManagerFlags } from "./controller-manager-flags.ts";
import { k8sImages } from "./images.ts";
import { kineFlags } from "./kine-flags.ts";

const volumes = {
  apiServerPki: "api-server-pki",
  controllerManagerPki: "controller-manager-pki",
  egress: "egress",
  socket: "kine-socket",
} as const;

/**
 * For processes that mostly wait: a small heap, and one thread that runs Go code. The hundreds of timers of an idle
 * controller manager otherwise keep waking threads that find nothing to do.
 */
const smallProcess = [
  { name: "GOGC", value: "50" },
  { name: "GOMAXPROCS", value: "1" },
  { name: "GOMEMLIMIT", value: "440MiB" },
];

/** Upstream's own binaries: kine, kube-apiserver and kube-controller-manager side by side in one pod. */
export const k8s: DistroDefinition = {
  name: "k8s",
  podSecurity: "restricted",
  images: k8sImages,
  // All start at once. Each waits for what it needs by itself (the API server dials kine until it answers, the controller
  // manager polls the API), so nothing is lost to ordering, and one that ends is restarted alone.
  parts: (input) => ({
    containers: [kine(input), apiServer(input), controllerManager(input)],
    volumes: podVolumes,
  }),
  files: () => ({
    [fileNames.authentication]: authenticationConfig(),
    [fileNames.controllerManagerConfig]: kubeconfigOfFiles({
      user: "controller-manager",
      server: `https://127.0.0.1:${ports.api}`,
    }),
  }),
};

function kine(input: DistroInput): Container {
  return {
    ...base(containers.kine, input),
    args: toArguments(kineFlags),
    // SQLite writes a statement journal to a temporary file when a page splits, and the root file system is read-only.
    env: [...smallProcess, { name: "SQLITE_TMPDIR", value: paths.data }],
    resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [
      { name: "data", mountPath: paths.data },
      { name: volumes.socket, mountPath: paths.socket },
    ],
  };
}

function apiServer(input: DistroInput): Container {
  // What an idle one takes, twice; on a busy host its share is still five times that of the others in the pod.
  const usual = { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "2Gi" } };
  const { resources, goMemoryLimit } = apiResources(input, usual);
  return {
    ...base(containers.apiServer, input),
    args: toArguments(apiServerFlags(input)),
    env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }, goMemoryLimit],
    ports: [{ name: "https", containerPort: ports.api }],
    ...apiServerProbes,
    resources,
    volumeMounts: [
      { name: volumes.apiServerPki, mountPath: paths.pki, readOnly: true },
      { name: volumes.egress, mountPath: paths.egress, readOnly: true },
      { name: volumes.socket, mountPath: paths.socket },
    ],
  };
}

function controllerManager(input: DistroInput): Container {
  return {
    ...base(containers.controllerManager, input),
    args: toArguments(controllerManagerFlags(input)),
    env: smallProcess,
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [{ name: volumes.controllerManagerPki, mountPath: paths.pki, readOnly: true }],
  };
}

function base(name: string, input: DistroInput): Container {
  const image = k8sImages(input)[name];
  if (!image) throw new Error(`No image for container ${name}`);
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    // A bare name: upstream's images keep their binaries in different directories of PATH.
    command: [name],
    securityContext: containerSecurity({ openshift: input.advanced?.openshift === true }),
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

/** Every container sees only those files of Secret `pki` that it needs. */
const podVolumes: Volume[] = [
  secretFiles(volumes.apiServerPki, [
    "ca.crt",
    "apiserver.crt",
    "apiserver.key",
    "apiserver-kubelet-client.crt",
    "apiserver-kubelet-client.key",
    "front-proxy-ca.crt",
    "front-proxy-client.crt",
    "front-proxy-client.key",
    "sa.key",
    "sa.pub",
    fileNames.authentication,
  ]),
  secretFiles(volumes.controllerManagerPki, [
    "ca.crt",
    "ca.key",
    "sa.key",
    "controller-manager.crt",
    "controller-manager.key",
    fileNames.controllerManagerConfig,
  ]),
  { name: volumes.egress, secret: { secretName: names.egressSecret, defaultMode: 0o440 } },
  { name: volumes.socket, emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
];

function secretFiles(name: string, files: readonly string[]): Volume {
  const items = files.map((file) => ({ key: file, path: file }));
  return { name, secret: { secretName: names.pkiSecret, defaultMode: 0o440, items } };
}
