import { containers } from "@inkube/api";
import { type DistroInput, imageName } from "../distro.ts";

/** kine is versioned apart from Kubernetes; one version serves every supported minor. */
export const kineVersion = "v0.17.2";

/** Upstream's images under their upstream names; a mirror keeps the path behind the registry's name. */
export function k8sImages({ version, registry }: DistroInput): Record<string, string> {
  return {
    [containers.kine]: imageName("docker.io", "rancher/kine", kineVersion, registry),
    [containers.apiServer]: imageName("registry.k8s.io", "kube-apiserver", version, registry),
    [containers.controllerManager]: imageName("registry.k8s.io", "kube-controller-manager", version, registry),
  };
}
