import { type KubeObject, resources } from "@inkube/kube";
import { appliedKind } from "./applied-kind.ts";
import { exposureRefusal, serviceOf } from "./hand-written-endpoints.ts";
import type { Decision, KindContext } from "./kind.ts";
import { hostMetadata } from "./metadata.ts";
import { type Json, record, records, stringMap, text, without } from "./untyped.ts";

function addressesOf(nested: KubeObject): string[] {
  return records(nested.subsets).flatMap((subset) =>
    [...records(subset.addresses), ...records(subset.notReadyAddresses)].map((address) => text(address.ip)),
  );
}

function decide(nested: KubeObject, context: KindContext): Decision {
  const { name, namespace = "" } = nested.metadata;
  const service = serviceOf(name, namespace, context);
  if (!service.sync) return service;
  if (Object.keys(stringMap(record(service.object.spec).selector)).length > 0) {
    return { sync: false, reason: "The host makes the endpoints of a Service that selects pods." };
  }
  return exposureRefusal(service.object, addressesOf(nested), context) ?? { sync: true };
}

function toHost(nested: KubeObject, context: KindContext): KubeObject {
  const bare = (address: Json) => without(address, "targetRef");
  const subsets = records(nested.subsets).map((subset) => ({
    ...subset,
    ...(subset.addresses ? { addresses: records(subset.addresses).map(bare) } : {}),
    ...(subset.notReadyAddresses ? { notReadyAddresses: records(subset.notReadyAddresses).map(bare) } : {}),
  }));
  return { apiVersion: "v1", kind: "Endpoints", metadata: hostMetadata(nested, context), subsets };
}

/** Endpoints that people wrote for Services without selector; the host mirrors them into EndpointSlices as a cluster does. */
export const endpoints = appliedKind({
  type: resources.endpoints,
  decide,
  toHost,
  triggers: [
    {
      kind: "services",
      affected: ({ metadata }) => [{ namespace: metadata.namespace ?? "", name: metadata.name }],
    },
  ],
});
