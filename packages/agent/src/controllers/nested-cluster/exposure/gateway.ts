import { type ControlPlaneInput, gateways } from "@inkube/controlplane";
import type { Client, KubeObject } from "@inkube/kube";
import type { ExtensionObjects } from "../../../objects/extension-objects.ts";
import type { Scope } from "../scope.ts";
import { blocked, type Exposure, pending } from "./exposure.ts";

interface RouteParent {
  parentRef: { name: string; namespace?: string };
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
}

/** Whether the host's Gateway is there and takes the route. */
export async function inspectGateway(
  { client, extensions }: { client: Client; extensions: ExtensionObjects },
  scope: Scope,
  input: ControlPlaneInput,
  route: KubeObject | undefined,
): Promise<Exposure> {
  const parent = input.endpointPolicy.gateway;
  const type = await extensions.served(gateways);
  if (!parent || !type) return blocked("GatewayAPIMissing");
  const gateway = await client.get(type, parent, { signal: scope.signal });
  if (!gateway) return blocked("GatewayMissing", `It should be ${parent.name} in namespace ${parent.namespace}`);
  const expected = gatewayAddresses(gateway);
  const told = (route?.status as { parents?: RouteParent[] } | undefined)?.parents ?? [];
  const verdicts = told.filter(
    ({ parentRef }) => parentRef.name === parent.name && (parentRef.namespace ?? parent.namespace) === parent.namespace,
  );
  const refusal = verdicts
    .flatMap(({ conditions = [] }) => conditions)
    .find((condition) => ["Accepted", "ResolvedRefs"].includes(condition.type) && condition.status === "False");
  if (refusal) return blocked("GatewayRefused", refusal.message || (refusal.reason ?? ""));
  return verdicts.length === 0 ? pending("GatewayPending", expected) : { expected };
}

/** Addresses and names that a Gateway's controller gave it, in a stable order. */
export function gatewayAddresses(gateway: KubeObject | undefined): string[] {
  const { addresses = [] } = (gateway?.status ?? {}) as { addresses?: { value?: string }[] };
  return addresses.flatMap(({ value }) => (value ? [value] : [])).sort();
}
