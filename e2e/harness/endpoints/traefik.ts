import { eventually } from "../eventually.ts";
import { component, type EndpointHost, loadImages } from "./endpoint-host.ts";
import { loadBalancerAddress } from "./load-balancer.ts";
import { gatewayObjects, traefikNamespace, traefikObjects } from "./traefik-objects.ts";

export interface TraefikOptions {
  /** The IngressClass that it serves; default `nginx`, whose annotations it follows. */
  className?: string;
  /** Also the Gateway API: its CRDs (standard channel), GatewayClass `traefik` and Gateway `traefik/traefik`. */
  gateway?: boolean;
}

export interface Traefik extends AsyncDisposable {
  /** Its load balancer's address; ports 443 and 6443 both lead to the same entry point. */
  readonly address: string;
}

/**
 * Installs the real Traefik behind a Service of type LoadBalancer and waits until it has an address, so something must give
 * out addresses. TLS is passed through by SNI: to Ingresses with the annotation of ingress-nginx, and to TLSRoutes that
 * name its Gateway's listener `tls`. Removed when disposed; the CRDs of the Gateway API stay.
 */
export async function installTraefik(host: EndpointHost, options: TraefikOptions = {}): Promise<Traefik> {
  const { kubectl } = host;
  const { className = "nginx", gateway = false } = options;
  const [image = ""] = await loadImages(host, "traefik");
  if (gateway) {
    const manifests = await component("gateway-api-manifests");
    await kubectl.run(["apply", "--server-side", "--force-conflicts", "-f", manifests]);
  }
  const objects = [...traefikObjects({ image, className, gateway }), ...(gateway ? gatewayObjects() : [])];
  // New kinds are not served at once.
  await eventually(() => kubectl.apply(...objects));
  await kubectl.rolledOut("deployment/traefik", traefikNamespace);
  const address = await loadBalancerAddress(kubectl, "traefik", traefikNamespace);
  return {
    address,
    async [Symbol.asyncDispose]() {
      const list = { apiVersion: "v1", kind: "List", items: objects.toReversed() };
      await kubectl.run(["delete", "--ignore-not-found", "-f", "-"], { input: JSON.stringify(list) });
    },
  };
}
