import { names } from "@inkube/api";
import { type ControlPlaneInput, ownLabels } from "@inkube/controlplane";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { HostView } from "../../../host/host-view.ts";
import { pullSecretCopy } from "../choices.ts";
import { lookAgain, type Scope } from "../scope.ts";

const missingLookMs = 10_000;

/**
 * The copy of the pull secret for the host namespace: from the project when the cluster names it, from the namespace of
 * the programs when the host's defaults do. Undefined, with `scope.failed` set, when it is not there.
 */
export async function pullSecretObject(
  client: Client,
  scope: Scope,
  input: ControlPlaneInput,
  host: HostView,
): Promise<KubeObject[] | undefined> {
  if (input.pullSecret === undefined) return [];
  const own = scope.cluster.spec.images;
  const name = (own ?? host.defaults.images)?.pullSecret ?? "";
  const namespace = own ? input.cluster.project : names.systemNamespace;
  const source = await client.get(resources.secrets, { namespace, name }, { signal: scope.signal });
  // Any other type may hold anything, and a tenant of the project must not get it copied.
  if (source?.type !== "kubernetes.io/dockerconfigjson") {
    scope.failed = { status: "False", reason: "PullSecretMissing", particulars: `It is ${namespace}/${name}` };
    lookAgain(scope, missingLookMs);
    return undefined;
  }
  const metadata = { name: pullSecretCopy, namespace: input.cluster.hostNamespace, labels: ownLabels(input.cluster) };
  return [{ apiVersion: "v1", kind: "Secret", metadata, type: source.type, data: source.data }];
}
