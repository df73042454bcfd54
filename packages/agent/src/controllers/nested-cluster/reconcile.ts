import { annotations, hostNamespace, type NestedCluster, names } from "@inkube/api";
import {
  apiServerNames,
  type ControlPlaneInput,
  type RenderInput,
  renderFoundation,
  renderSecrets,
  renderWorkload,
} from "@inkube/controlplane";
import {
  type Client,
  type Clock,
  isKubeError,
  type KubeObject,
  type Outcome,
  type ReconcileContext,
  type WatchCache,
} from "@inkube/kube";
import type { EventRecorder } from "../../events/event-recorder.ts";
import { transitions } from "../../events/transitions.ts";
import type { HostView } from "../../host/host-view.ts";
import type { Applier } from "../../objects/applier.ts";
import type { OwnedCaches } from "../../objects/owned-caches.ts";
import type { InternalCa } from "../internal-ca/internal-ca.ts";
import { choose, isRefusal } from "./choices.ts";
import { judgeFailure } from "./failure.ts";
import type { LostSecrets } from "./lost-secrets.ts";
import type { OwnWrites } from "./own-writes.ts";
import { ensureCertificates } from "./phases/certificates.ts";
import { observeControlPlane } from "./phases/control-plane.ts";
import { removeEverything } from "./phases/deletion.ts";
import { endpointUrl, observeEndpoint } from "./phases/endpoint.ts";
import { holdFinalizer } from "./phases/finalizer.ts";
import { ensureNamespace } from "./phases/host-namespace.ts";
import { pullSecretObject } from "./phases/pull-secret.ts";
import { isDedicatedLeaving, removeDedicatedIdentity, withdrawDedicatedAccess } from "./phases/syncer-handover.ts";
import { isApiRunning } from "./pod-state.ts";
import type { ProbeEndpoint } from "./probe.ts";
import type { Scope } from "./scope.ts";
import { writeStatus } from "./status.ts";

export interface NestedClusterDependencies {
  client: Client;
  clock: Clock;
  clusters: WatchCache;
  /** Control plane pods. */
  pods: WatchCache;
  owned: OwnedCaches;
  applier: Applier;
  internalCa: InternalCa;
  lost: LostSecrets;
  ownWrites: OwnWrites;
  events: EventRecorder;
  hostView: () => Promise<HostView>;
  probe: ProbeEndpoint;
}

const outdatedLookMs = 100;

/** Brings one nested cluster to what its object says, or takes everything of it away. `key` is `project/name`. */
export async function reconcileNestedCluster(
  dependencies: NestedClusterDependencies,
  key: string,
  context: ReconcileContext,
): Promise<Outcome> {
  const [project = "", name = ""] = key.split("/");
  const object = dependencies.clusters.get(name, project);
  if (!object) {
    dependencies.ownWrites.forget(key);
    return undefined;
  }
  // The event of our own write brings the newer copy, and with it the next run; the delay is for an event that got lost.
  const version = object.metadata.resourceVersion ?? "";
  if (dependencies.ownWrites.isOutdated(key, version)) return { after: outdatedLookMs };
  const cluster = object as KubeObject as unknown as NestedCluster;
  const scope = openScope(cluster, key, context);
  if (cluster.metadata.annotations?.[annotations.paused] !== undefined) return pause(dependencies, scope);
  if (cluster.metadata.deletionTimestamp !== undefined) {
    if (await removeEverything(dependencies, scope)) return undefined;
  } else {
    await build(dependencies, scope).catch((error: unknown) => explain(dependencies, scope, error));
  }
  if (await report(dependencies, scope)) dependencies.ownWrites.replaced(key, version);
  return scope.again === undefined ? undefined : { after: scope.again };
}

function openScope(cluster: NestedCluster, key: string, { signal, logger }: ReconcileContext): Scope {
  const { name, namespace: project = "", uid = "" } = cluster.metadata;
  const identity = { project, name, uid, hostNamespace: hostNamespace(project, name) };
  return { cluster, key, identity, signal, logger, observations: {} };
}

async function pause(dependencies: NestedClusterDependencies, scope: Scope): Promise<Outcome> {
  scope.failed = { status: "Unknown", reason: "Paused" };
  await report(dependencies, scope);
  return undefined;
}

/** Says in the status how it is, and in Events what has changed by that. True when there was something new to say. */
async function report({ client, clock, events }: NestedClusterDependencies, scope: Scope): Promise<boolean> {
  const written = await writeStatus(client, scope, clock.now());
  if (!written) return false;
  await events.record(scope.cluster, transitions(scope.cluster.status, written), scope.signal);
  return true;
}

async function build(dependencies: NestedClusterDependencies, scope: Scope): Promise<void> {
  const { client } = dependencies;
  const host = await dependencies.hostView();
  const choice = choose(scope.cluster, scope.identity, host);
  if (isRefusal(choice)) {
    scope.failed = choice;
    return;
  }
  const handover = { client, caches: dependencies.owned, scope };
  const leaving = await isDedicatedLeaving({ ...handover, input: choice });
  const input: ControlPlaneInput = leaving ? { ...choice, dedicatedSyncerLeaving: true } : choice;
  scope.distro = input.distro;
  scope.version = input.version;
  // Made side by side: none needs the other's result.
  const [authority, pullSecrets] = await Promise.all([
    dependencies.internalCa.authority(scope.signal),
    pullSecretObject(client, scope, input, host),
    holdFinalizer(client, scope),
  ]);
  if (!pullSecrets) return;
  if (!(await ensureNamespace({ ...dependencies, caches: dependencies.owned }, scope, input))) return;
  const { Role: roles = [], others = [] } = Object.groupBy(renderFoundation(input), ({ kind }) =>
    kind === "Role" ? kind : "others",
  );
  // A binding is refused while its role is not there.
  await dependencies.applier.applyAll(roles, scope.signal);
  const foundation = await dependencies.applier.applyAll([...others, ...pullSecrets], scope.signal);
  await withdrawDedicatedAccess({ ...handover, input });
  const service = foundation.find(({ kind, metadata }) => kind === "Service" && metadata.name === names.controlPlane);
  if (!service) throw new Error("The Service of the control plane was not rendered");
  const rendered = await issue(dependencies, scope, { input, host, service, authority });
  // The pod mounts the Secrets: were they later than it, the kubelet would try again only seconds after.
  await dependencies.applier.applyAll(renderSecrets(rendered), scope.signal);
  await dependencies.applier.applyAll(renderWorkload(rendered), scope.signal);
  await removeDedicatedIdentity({ ...handover, input });
  await observe(dependencies, scope, rendered);
}

async function issue(
  dependencies: NestedClusterDependencies,
  scope: Scope,
  known: {
    input: ControlPlaneInput;
    host: HostView;
    service: KubeObject;
    authority: { certificate: string; key: string };
  },
): Promise<RenderInput> {
  const { input, host, service, authority } = known;
  const clusterIP = (service.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
  const serverNames = apiServerNames({
    hostNamespace: input.cluster.hostNamespace,
    clusterDomain: input.spec.clusterDomain,
    clusterIP,
    endpointAddresses: host.endpoint.addresses,
    extraNames: input.spec.endpoint.extraNames ?? [],
  });
  const sources = { ...dependencies, secrets: dependencies.owned.Secret };
  const issued = await ensureCertificates(sources, scope, input, { serverNames, internalCa: authority });
  const url = endpointUrl(input, host, service);
  if (url !== undefined) scope.endpointUrl = url;
  return {
    ...input,
    ...issued,
    clusterIP,
    serverNames,
    internalCa: authority.certificate,
    ...(url !== undefined && { endpointUrl: url }),
  };
}

async function observe(dependencies: NestedClusterDependencies, scope: Scope, rendered: RenderInput): Promise<void> {
  const { clock, pods, probe } = dependencies;
  const controlPlane = await observeControlPlane(dependencies, scope);
  scope.observations.ControlPlaneReady = controlPlane;
  const pod = pods.get(names.controlPlanePod, scope.identity.hostNamespace);
  const target = {
    ca: rendered.pki["ca.crt"] ?? "",
    running: pod !== undefined && isApiRunning(pod),
    ...(rendered.endpointUrl !== undefined && { url: rendered.endpointUrl }),
  };
  const endpoint = await observeEndpoint(probe, scope, target, clock.now());
  scope.observations.EndpointReachable = endpoint;
  // The API said so itself; the kubelet's next probe would say it up to a second later.
  if (endpoint.status === "True" && controlPlane.reason === "ContainersStarting") {
    scope.observations.ControlPlaneReady = { status: "True", reason: "ControlPlaneAnswers" };
  }
}

/** Puts what a person can act on into the status, then lets the queue try again. */
async function explain(dependencies: NestedClusterDependencies, scope: Scope, error: unknown): Promise<never> {
  if (!scope.signal.aborted && !isKubeError(error, "conflict", "alreadyExists", "aborted")) {
    scope.failed = judgeFailure(error);
    await report(dependencies, scope).catch(() => {});
  }
  throw error;
}
