import { eventually } from "../eventually.ts";
import { component, type EndpointHost, loadImages } from "./endpoint-host.ts";

const namespace = "metallb-system";
const pool = "tests";

export interface MetalLBOptions {
  /** CIDR or range of addresses to give out; by default all that the host has. See `firstAddresses` for a small one. */
  addresses?: string;
}

export interface MetalLB extends AsyncDisposable {
  /** Gives out other addresses from now on. What services hold of the old ones must have been given back before. */
  giveOut(addresses: string): Promise<void>;
}

/** Installs MetalLB as its own manifest says, in layer 2 mode, and waits until it takes addresses. Removed when disposed. */
export async function installMetalLB(host: EndpointHost, options: MetalLBOptions = {}): Promise<MetalLB> {
  const { kubectl } = host;
  const [manifests] = await Promise.all([
    component("metallb-manifests"),
    loadImages(host, "metallb-controller", "metallb-speaker"),
  ]);
  await kubectl.run(["apply", "--server-side", "--force-conflicts", "-f", manifests]);
  await Promise.all(
    ["deployment/controller", "daemonset/speaker"].map((workload) => kubectl.rolledOut(workload, namespace)),
  );
  const giveOut = (addresses: string) => configure(host, addresses);
  await giveOut(options.addresses ?? host.loadBalancerCIDR);
  return {
    giveOut,
    async [Symbol.asyncDispose]() {
      await kubectl.run(["delete", "--ignore-not-found", "-f", manifests]);
    },
  };
}

async function configure({ kubectl }: EndpointHost, addresses: string): Promise<void> {
  const apiVersion = "metallb.io/v1beta1";
  const metadata = { name: pool, namespace };
  // Its webhook has no certificate for a moment after it is ready.
  await eventually(() =>
    kubectl.apply(
      { apiVersion, kind: "IPAddressPool", metadata, spec: { addresses: [addresses] } },
      { apiVersion, kind: "L2Advertisement", metadata, spec: { ipAddressPools: [pool] } },
    ),
  );
}
