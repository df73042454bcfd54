import { type KubeObject, resources } from "@inkube/kube";
import { appliedKind } from "./applied-kind.ts";
import { exposureRefusal, serviceOf } from "./hand-written-endpoints.ts";
import type { Decision, KindContext } from "./kind.ts";
import { hostMetadata } from "./metadata.ts";
import { optional, records, strings, without } from "./untyped.ts";

const serviceNameLabel = "kubernetes.io/service-name";
const managedByLabel = "endpointslice.kubernetes.io/managed-by";

/** Controllers that run on the host too and make their slices there from the host's pods and Endpoints. */
const hostMade = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"];

function decide(nested: KubeObject, context: KindContext): Decision {
  const { labels = {}, namespace = "" } = nested.metadata;
  if (hostMade.includes(labels[managedByLabel] ?? "")) {
    return { sync: false, reason: "The host makes its own slices for this Service." };
  }
  const serviceName = labels[serviceNameLabel];
  if (serviceName === undefined) {
    return { sync: false, reason: `It belongs to no Service: label ${serviceNameLabel} is missing.` };
  }
  const service = serviceOf(serviceName, namespace, context);
  if (!service.sync) return service;
  const addresses = records(nested.endpoints).flatMap((endpoint) => strings(endpoint.addresses));
  return exposureRefusal(service.object, addresses, context) ?? { sync: true };
}

function toHost(nested: KubeObject, context: KindContext): KubeObject {
  const metadata = hostMetadata(nested, context);
  const serviceName = nested.metadata.labels?.[serviceNameLabel];
  if (serviceName !== undefined) {
    const hostService = context.hostName(serviceName, nested.metadata.namespace ?? "");
    metadata.labels = { ...metadata.labels, [serviceNameLabel]: hostService };
  }
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata,
    ...optional("addressType", nested.addressType),
    endpoints: records(nested.endpoints).map((endpoint) => without(endpoint, "targetRef")),
    ...optional("ports", nested.ports),
  };
}

/** EndpointSlices that neither side's own controllers make. */
export const endpointslices = appliedKind({
  type: resources.endpointslices,
  decide,
  toHost,
  triggers: [
    {
      kind: "services",
      *affected({ metadata }, context) {
        for (const slice of context.nestedList("endpointslices", metadata.namespace)) {
          if (slice.metadata.labels?.[serviceNameLabel] !== metadata.name) continue;
          yield { namespace: slice.metadata.namespace ?? "", name: slice.metadata.name };
        }
      },
    },
  ],
});
