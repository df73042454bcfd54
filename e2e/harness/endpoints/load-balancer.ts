import type { KubeObject } from "@inkube/kube";
import { eventually } from "../eventually.ts";
import type { Kubectl } from "../kubectl.ts";

/** Waits until a Service of type LoadBalancer has an address. */
export async function loadBalancerAddress(kubectl: Kubectl, name: string, namespace = "default"): Promise<string> {
  return await eventually(async () => {
    const service = await kubectl.get<KubeObject & { status?: ServiceStatus }>("service", name, namespace);
    const address = service.status?.loadBalancer?.ingress?.[0]?.ip;
    if (address === undefined) throw new Error(`Service ${namespace}/${name} has no address of a load balancer`);
    return address;
  });
}

interface ServiceStatus {
  loadBalancer?: { ingress?: { ip?: string }[] };
}
