import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import { chooseTarget, parseAuthority, type Target } from "./target.ts";
import { TunnelRefusal } from "./tunnel-refusal.ts";

type TargetOf<K extends Target<KubeObject>["kind"]> = Extract<Target<KubeObject>, { kind: K }>;

/** Where a connection of one nested cluster leads. Throws a {@link TunnelRefusal} when it may not go there. */
export async function findTarget(
  authority: string,
  view: ClusterView,
): Promise<TargetOf<"kubelet" | "admission" | "network">> {
  const parsed = parseAuthority(authority);
  if (!parsed) throw new TunnelRefusal(400, "request", "the target is not host:port");
  const chosen = chooseTarget(parsed, view);
  const target = chosen.kind === "service" ? await serviceTarget(chosen, view) : chosen;
  if (target.kind === "refused") throw new TunnelRefusal(403, "target", target.reason);
  return target;
}

/** A name of a Service becomes its ClusterIP, if that is the cluster's own. */
async function serviceTarget(
  { name, namespace, port }: TargetOf<"service">,
  view: ClusterView,
): Promise<TargetOf<"network" | "refused">> {
  const service = await view.nested.get(resources.services, { namespace, name }).catch((error: unknown) => {
    if (isKubeError(error)) return undefined;
    throw error;
  });
  const ip = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
  const chosen = ip === "" || ip === "None" ? undefined : chooseTarget({ host: ip, port }, view);
  if (chosen?.kind === "network" || chosen?.kind === "refused") return chosen;
  return { kind: "refused", reason: `service ${namespace}/${name} has no address to dial` };
}
