import { createHash } from "node:crypto";
import { join } from "node:path";
import { clientKubeconfigPath } from "../pki/kubeconfig-files.ts";
import type { ProcessSpec } from "../supervisor/process-spec.ts";
import { readTextIfThere } from "../write-file.ts";
import type { HostLayout } from "./host-layout.ts";
import { insideNetns, podCIDR, serviceCIDR } from "./network.ts";

export interface ProcessInputs {
  layout: HostLayout;
  nodeIP: string;
  /** Path of a component's binary. */
  binary: (name: string) => string;
}

interface Draft {
  name: string;
  argv: string[];
  after?: string[];
  ready?: ProcessSpec["ready"];
  /** Files that the process reads only at its start. */
  files: string[];
}

/** Where the API server answers, from the machine and from inside. */
export function apiServerURL(nodeIP: string): string {
  return `https://${nodeIP}:6443`;
}

/** All processes of a host, each entering the host's network namespace. */
export function hostProcesses(inputs: ProcessInputs): ProcessSpec[] {
  const { layout } = inputs;
  const drafts = [
    kine(inputs),
    apiServer(inputs),
    controllerManager(inputs),
    scheduler(inputs),
    containerd(inputs),
    kubelet(inputs),
    kubeProxy(inputs),
  ];
  return drafts.map((draft) => {
    const argv = [...insideNetns(layout), ...draft.argv];
    const hash = createHash("sha256").update(JSON.stringify(argv));
    for (const file of draft.files) hash.update(readTextIfThere(file) ?? "");
    return {
      name: draft.name,
      argv,
      env: { PATH: `${process.env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin` },
      after: draft.after ?? [],
      ...(draft.ready === undefined ? {} : { ready: draft.ready }),
      revision: hash.digest("hex").slice(0, 16),
    };
  });
}

function kine({ layout, binary }: ProcessInputs): Draft {
  const database = join(layout.datastoreDir, "state.db");
  const parameters =
    "_journal_mode=WAL&_busy_timeout=30000&_synchronous=NORMAL&_txlock=immediate&_stmt_cache_size=20&cache=shared";
  return {
    name: "kine",
    argv: [
      binary("kine"),
      `--listen-address=unix://${layout.datastoreSocket}`,
      `--endpoint=sqlite://${database}?${parameters}`,
      "--watch-progress-notify-interval=30s",
      "--metrics-bind-address=0",
    ],
    ready: { kind: "unix", path: layout.datastoreSocket },
    files: [],
  };
}

function apiServer({ layout, nodeIP, binary }: ProcessInputs): Draft {
  const pki = (file: string) => join(layout.pkiDir, file);
  return {
    name: "kube-apiserver",
    argv: [
      binary("kube-apiserver"),
      `--advertise-address=${nodeIP}`,
      "--secure-port=6443",
      `--etcd-servers=unix://${layout.datastoreSocket}`,
      `--service-cluster-ip-range=${serviceCIDR}`,
      "--allow-privileged=true",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      `--client-ca-file=${pki("ca.crt")}`,
      `--tls-cert-file=${pki("apiserver.crt")}`,
      `--tls-private-key-file=${pki("apiserver.key")}`,
      `--kubelet-certificate-authority=${pki("ca.crt")}`,
      `--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`,
      `--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`,
      "--kubelet-preferred-address-types=InternalIP",
      `--requestheader-client-ca-file=${pki("front-proxy-ca.crt")}`,
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      `--proxy-client-cert-file=${pki("front-proxy-client.crt")}`,
      `--proxy-client-key-file=${pki("front-proxy-client.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${pki("sa.pub")}`,
      `--service-account-signing-key-file=${pki("sa.key")}`,
      "--max-requests-inflight=2000",
      "--max-mutating-requests-inflight=1000",
      "--profiling=false",
    ],
    after: ["kine"],
    ready: { kind: "https", url: `${apiServerURL(nodeIP)}/readyz`, caPath: pki("ca.crt") },
    files: [pki("ca.crt"), pki("apiserver-kubelet-client.crt"), pki("sa.pub"), pki("front-proxy-ca.crt")],
  };
}

function controllerManager({ layout, binary }: ProcessInputs): Draft {
  const pki = (file: string) => join(layout.pkiDir, file);
  const kubeconfig = clientKubeconfigPath(layout, "controller-manager");
  return {
    name: "kube-controller-manager",
    argv: [
      binary("kube-controller-manager"),
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      "--leader-elect=false",
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${pki("sa.key")}`,
      `--root-ca-file=${pki("ca.crt")}`,
      `--cluster-signing-cert-file=${pki("ca.crt")}`,
      `--cluster-signing-key-file=${pki("ca.key")}`,
      `--cluster-cidr=${podCIDR}`,
      "--allocate-node-cidrs=false",
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
      "--concurrent-deployment-syncs=20",
      "--concurrent-replicaset-syncs=20",
      "--concurrent-statefulset-syncs=20",
      "--concurrent-endpoint-syncs=20",
      "--concurrent-service-endpoint-syncs=20",
      "--concurrent-namespace-syncs=20",
      "--concurrent-gc-syncs=40",
      "--profiling=false",
    ],
    after: ["kube-apiserver"],
    files: [kubeconfig, pki("ca.crt"), pki("sa.key")],
  };
}

function scheduler({ layout, binary }: ProcessInputs): Draft {
  const kubeconfig = clientKubeconfigPath(layout, "scheduler");
  const config = join(layout.configDir, "scheduler.yaml");
  return {
    name: "kube-scheduler",
    argv: [
      binary("kube-scheduler"),
      `--config=${config}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      "--profiling=false",
      // By default 5 minutes, for which a pod can wait though its claim is bound: the scheduler looks again on the claim's event, at
      // times before its own cache of claims has heard of it, and since 1.33 without the pause that hid this.
      "--pod-max-in-unschedulable-pods-duration=5s",
    ],
    after: ["kube-apiserver"],
    files: [kubeconfig, config],
  };
}

function containerd({ layout }: ProcessInputs): Draft {
  const config = join(layout.configDir, "containerd.toml");
  return {
    name: "containerd",
    argv: ["containerd", "--config", config],
    ready: { kind: "unix", path: layout.containerdSocket },
    files: [config],
  };
}

function kubelet({ layout, nodeIP, binary }: ProcessInputs): Draft {
  const kubeconfig = clientKubeconfigPath(layout, "kubelet-client");
  const config = join(layout.configDir, "kubelet.yaml");
  return {
    name: "kubelet",
    argv: [
      binary("kubelet"),
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-dir=${layout.kubeletRoot}`,
      `--cert-dir=${join(layout.kubeletRoot, "pki")}`,
      `--hostname-override=${layout.nodeName}`,
      `--node-ip=${nodeIP}`,
    ],
    after: ["containerd", "kube-apiserver"],
    files: [kubeconfig, config, join(layout.pkiDir, "kubelet.crt")],
  };
}

function kubeProxy({ layout, binary }: ProcessInputs): Draft {
  const config = join(layout.configDir, "kube-proxy.yaml");
  return {
    name: "kube-proxy",
    argv: [binary("kube-proxy"), `--config=${config}`],
    after: ["kube-apiserver"],
    files: [config, clientKubeconfigPath(layout, "kube-proxy")],
  };
}
