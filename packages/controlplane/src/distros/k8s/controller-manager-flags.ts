import { type DistroInput, type Flag, fileNames, paths } from "../distro.ts";

const pki = (file: string): string => `${paths.pki}/${file}`;

/** Controllers that would do a second time, or wrongly, what the host does. */
export const disabledControllers: Readonly<Record<string, string>> = {
  "node-ipam-controller": "the host gives pod addresses",
  "node-lifecycle-controller": "nodes and their health are copied from the host",
  "taint-eviction-controller": "the host evicts; its pods' end is copied inside",
  "ttl-controller": "it annotates nodes, which are copies",
  "persistentvolume-binder-controller": "the host binds claims",
  "persistentvolume-attach-detach-controller": "the host attaches volumes",
  "persistentvolume-expander-controller": "the host expands volumes",
  "volumeattributesclass-protection-controller": "the host owns volume attributes",
  "resourceclaim-controller": "device claims are not brought to the host",
};

/** The same list as the value of `--controllers`. */
export const controllers = ["*", ...Object.keys(disabledControllers).map((name) => `-${name}`)].join(",");

/** Flags that hold for every distro. */
export const commonControllerManagerFlags: readonly Flag[] = [
  { name: "controllers", value: controllers, why: "all but what the host does" },
  { name: "leader-elect", value: "false", why: "there is one replica; the election would cost writes for ever" },
  {
    name: "kube-api-qps",
    value: "200",
    // Controllers start one after the other and each first gets its ServiceAccount: at the default of 20 requests a
    // second the last ones start seconds after the API is ready, and bursts of pods crawl.
    why: "the default makes the start four seconds longer; the API server limits by itself what it cannot bear",
  },
  { name: "kube-api-burst", value: "400", why: "belongs to kube-api-qps" },
  { name: "profiling", value: "false", why: "it shows memory of the process to whoever may read it" },
];

/** What kube-controller-manager is told, and why. */
export function controllerManagerFlags({ serviceCIDR }: DistroInput): Flag[] {
  return [
    { name: "kubeconfig", value: pki(fileNames.controllerManagerConfig), why: "the API server of this pod" },
    { name: "secure-port", value: "0", why: "nothing listens, so nothing has to be defended from the pod network" },
    { name: "use-service-account-credentials", value: "true", why: "every controller has its own least rights" },
    { name: "root-ca-file", value: pki("ca.crt"), why: "published to every namespace as kube-root-ca.crt" },
    { name: "service-account-private-key-file", value: pki("sa.key"), why: "signs long-lived token Secrets" },
    { name: "cluster-signing-cert-file", value: pki("ca.crt"), why: "approved certificate requests are signed" },
    { name: "cluster-signing-key-file", value: pki("ca.key"), why: "belongs to cluster-signing-cert-file" },
    { name: "service-cluster-ip-range", value: serviceCIDR, why: "the host's range, as for the API server" },
    ...commonControllerManagerFlags,
  ];
}
