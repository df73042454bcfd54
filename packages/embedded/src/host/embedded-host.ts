import type { Components } from "../components/ensure-components.ts";
import type { Progress } from "../host-error.ts";
import { ensureImages } from "../images/ensure-images.ts";
import { loadArchive, loadImages } from "../images/load-images.ts";
import type { HostLayout } from "./host-layout.ts";
import { apiServerURL } from "./host-processes.ts";
import type { HostAddresses } from "./network.ts";

/** A host that is up. */
export interface EmbeddedHost {
  readonly name: string;
  readonly stateDir: string;
  /** The administrator's kubeconfig (0600). */
  readonly kubeconfigPath: string;
  readonly apiServerURL: string;
  /** Address of the node and of NodePorts, reachable from this machine. */
  readonly nodeIP: string;
  readonly nodeName: string;
  /** Addresses that a load balancer inside may give to services: this machine reaches them. No two hosts share any. */
  readonly loadBalancerCIDR: string;
  /** kubectl of the host's own version. */
  readonly kubectlPath: string;
  /** KUBECONFIG and a PATH that begins with the host's binaries, for child processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Builds images of images/images.json if need be and loads them; gives their references back in the same order. */
  loadImages(names: readonly string[], progress?: Progress): Promise<string[]>;
  /** Loads an OCI or docker archive. */
  loadArchive(file: string): Promise<void>;
}

export function embeddedHost(
  layout: HostLayout,
  addresses: HostAddresses,
  components: Components,
  cacheDir: string,
): EmbeddedHost {
  return {
    name: layout.name,
    stateDir: layout.dir,
    kubeconfigPath: layout.kubeconfigPath,
    apiServerURL: apiServerURL(addresses.nodeIP),
    nodeIP: addresses.nodeIP,
    nodeName: layout.nodeName,
    loadBalancerCIDR: addresses.loadBalancerCIDR,
    kubectlPath: components.path("kubectl"),
    env: { KUBECONFIG: layout.kubeconfigPath, PATH: `${components.dir}:${process.env.PATH ?? ""}` },
    async loadImages(names, progress = () => undefined) {
      const images = await ensureImages({ names, cacheDir, progress });
      await loadImages(layout, images, cacheDir);
      return images.map((image) => image.reference);
    },
    loadArchive: (file) => loadArchive(layout, file),
  };
}
