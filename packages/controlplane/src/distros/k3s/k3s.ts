import { containers, names, ports } from "@inkube/api";
import { apiResources } from "../api-resources.ts";
import { containerSecurity } from "../container-security.ts";
import { type Container, type DistroDefinition, type DistroInput, imageName, paths, type Volume } from "../distro.ts";
import { apiServerProbes } from "../probes.ts";
import { k3sArguments, k3sDataDir } from "./k3s-flags.ts";

const certificates = `${k3sDataDir}/server/tls`;

/**
 * File in `server/tls` ← file of Secret `pki`. k3s takes authorities and the token key that it finds there, and issues
 * every leaf itself.
 */
export const k3sAuthorities: Readonly<Record<string, string>> = {
  "server-ca.crt": "ca.crt",
  "server-ca.key": "ca.key",
  "client-ca.crt": "ca.crt",
  "client-ca.key": "ca.key",
  "request-header-ca.crt": "front-proxy-ca.crt",
  "request-header-ca.key": "front-proxy-ca.key",
  "service.key": "sa.key",
};

// k3s looks for its authorities in a directory that it also writes to, so they cannot be mounted there; its image has a
// shell, so the copy needs no container of its own.
const start = `umask 077; mkdir -p ${certificates}; cp -fL ${paths.pki}/* ${certificates}/; exec k3s server "$@"`;

/** `k3s server` without an agent: API server, controller manager and datastore in one process. */
export const k3s: DistroDefinition = {
  name: "k3s",
  podSecurity: "restricted",
  images: (input) => ({ [containers.k3s]: k3sImage(input) }),
  parts: (input) => ({ containers: [server(input)], volumes }),
  files: () => ({}),
};

function k3sImage({ version, registry }: DistroInput): string {
  // A tag cannot hold a plus sign; releases without a suffix are the first build of that version.
  const tag = (version.includes("+") ? version : `${version}+k3s1`).replace("+", "-");
  return imageName("docker.io", "rancher/k3s", tag, registry);
}

function server(input: DistroInput): Container {
  const usual = { requests: { cpu: "100m", memory: "384Mi" }, limits: { memory: "2Gi" } };
  const { resources, goMemoryLimit } = apiResources(input, usual);
  return {
    name: containers.k3s,
    image: k3sImage(input),
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/sh", "-ec", start, "k3s"],
    args: k3sArguments(input),
    env: [
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "HOME", value: paths.data },
      goMemoryLimit,
    ],
    ports: [{ name: "https", containerPort: ports.api }],
    ...apiServerProbes,
    securityContext: containerSecurity({ openshift: input.advanced?.openshift === true }),
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources,
    volumeMounts: [
      { name: "data", mountPath: paths.data },
      { name: "authorities", mountPath: paths.pki, readOnly: true },
      { name: "egress", mountPath: paths.egress, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
      { name: "run", mountPath: "/run" },
    ],
  };
}

const volumes: Volume[] = [
  {
    name: "authorities",
    secret: {
      secretName: names.pkiSecret,
      defaultMode: 0o440,
      items: Object.entries(k3sAuthorities).map(([path, key]) => ({ key, path })),
    },
  },
  { name: "egress", secret: { secretName: names.egressSecret, defaultMode: 0o440 } },
  { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
  { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
];
