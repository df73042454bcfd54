import { names } from "@inkube/api";
import {
  type ControlPlaneInput,
  type ExtensionType,
  endpointExtensions,
  renderEndpoint,
  tlsRoutes,
} from "@inkube/controlplane";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import type { Applier } from "../../../objects/applier.ts";
import { type ExtensionObjects, isOwn } from "../../../objects/extension-objects.ts";
import type { OwnedCaches } from "../../../objects/owned-caches.ts";
import { notOffered } from "../exposure/inspect.ts";
import type { Observation, Scope } from "../scope.ts";

export interface ExposeDependencies {
  client: Client;
  applier: Applier;
  extensions: ExtensionObjects;
  owned: OwnedCaches;
}

/** What an endpoint consists of beside the Service, as it is on the host, or why it cannot be there. */
export interface Exposed {
  objects: readonly KubeObject[];
  trouble?: Observation;
}

/**
 * Makes what the endpoint needs beside the Service, and takes away what another type left behind. A refusal is told and
 * does not stop anything: the control plane runs without people reaching it.
 */
export async function exposeEndpoint(
  dependencies: ExposeDependencies,
  scope: Scope,
  input: ControlPlaneInput,
): Promise<Exposed> {
  const trouble = notOffered(input);
  const wanted = trouble ? [] : renderEndpoint(input);
  try {
    const made = await makeAll(dependencies, scope, wanted);
    await removeOthers(dependencies, scope, wanted);
    return trouble ? { ...made, trouble } : made;
  } catch (error) {
    if (!isKubeError(error, "invalid", "forbidden", "notFound", "server")) throw error;
    scope.logger.warn({ error: error.message }, "Could not change what the endpoint is made of");
    return { objects: [], trouble: { status: "False", reason: "EndpointRefused", particulars: error.explanation } };
  }
}

async function makeAll(
  { applier, extensions }: ExposeDependencies,
  scope: Scope,
  wanted: readonly KubeObject[],
): Promise<Exposed> {
  const objects: KubeObject[] = [];
  for (const object of wanted) {
    const extension = endpointExtensions.find(({ kind }) => kind === object.kind);
    if (!extension) {
      objects.push(await applier.apply(object, scope.signal));
      continue;
    }
    const type = await extensions.served(extension);
    if (!type) return { objects, trouble: notServed(extension) };
    objects.push(await extensions.apply(object, type, scope.signal));
  }
  return { objects };
}

function notServed({ kind }: ExtensionType): Observation {
  return { status: "False", reason: kind === tlsRoutes.kind ? "GatewayAPIMissing" : "PassthroughMissing" };
}

async function removeOthers(
  { client, extensions, owned }: ExposeDependencies,
  scope: Scope,
  objects: readonly KubeObject[],
): Promise<void> {
  const { identity, signal } = scope;
  const wanted = objects.flatMap(({ kind }) => (kind ? [kind] : []));
  const ref = { namespace: identity.hostNamespace, name: names.controlPlane };
  const ingress = owned.Ingress.get(ref.name, ref.namespace);
  const { uid } = ingress?.metadata ?? {};
  if (ingress && uid !== undefined && !wanted.includes("Ingress") && isOwn(ingress, identity)) {
    await client.delete(resources.ingresses, ref, { uid, signal });
  }
  await extensions.removeOthers(identity, { name: ref.name, types: endpointExtensions, wanted }, signal);
}
