import { annotations, hostNamespace, type NestedCluster, names } from "@inkube/api";
import {
  type ControlPlaneInput,
  endpointUrl,
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
import type { ExtensionObjects } from "../../objects/extension-objects.ts";
import type { OwnedCaches } from "../../objects/owned-caches.ts";
import type { Lookup } from "../../probe/lookup.ts";
import type { ProbeEndpoint } from "../../probe/probe-endpoint.ts";
import type { InternalCa } from "../internal-ca/internal-ca.ts";
import { choose, isRefusal } from "./choices.ts";
import type { FirstSeen } from "./exposure/first-seen.ts";
import { chooseIngressClass } from "./exposure/ingress-class.ts";
import { judgeFailure } from "./failure.ts";
import type { LostSecrets } from "./lost-secrets.ts";
import type { OwnWrites } from "./own-writes.ts";
import { ensureCertificates } from "./phases/certificates.ts";
import { observeControlPlane } from "./phases/control-plane.ts";
import { removeEverything } from "./phases/deletion.ts";
import { observeEndpoint } from "./phases/endpoint.ts";
import { type Exposed, exposeEndpoint } from "./phases/exposure.ts";
import { holdFinalizer } from "./phases/finalizer.ts";
import { ensureNamespace } from "./phases/host-namespace.ts";
import { keepLoadBalancerClass } from "./phases/load-balancer-class.ts";
import { pullSecretObject } from "./phases/pull-secret.ts";
import { isAddressAwaited, serverNames } from "./phases/server-names.ts";
import { isDedicatedLeaving, removeDedicatedIdentity, withdrawDedicatedAccess } from "./phases/syncer-handover.ts";
import { isApiRunning } from "./pod-state.ts";
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
  lookup: Lookup;
  /** Every ingress class of the host. */
  ingressClasses: WatchCache;
  extensions: ExtensionObjects;
  firstSeen: FirstSeen;
  /** Whether this agent serves a nested cluster, where a hub places them; all of them when absent. */
  isOurs?: (cluster: KubeObject) => boolean;
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
  if (!object || dependencies.isOurs?.(object) === false) {
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
    if (await removeEverything(dependencies, scope)) {
      dependencies.extensions.forget(scope.identity);
      dependencies.firstSeen.forget(key);
      return undefined;
    }
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
  const kept = chooseIngressClass(keepLoadBalancerClass(choice, dependencies.owned), dependencies.ingressClasses);
  const input: ControlPlaneInput = leaving ? { ...kept, dedicatedSyncerLeaving: true } : kept;
  scope.distro = input.distro;
  scope.version = input.version;
  scope.endpointType = input.endpointType;
  // Made side by side: none needs the other's result.
  const [authority, pullSecrets] = await Promise.all([
    dependencies.internalCa.authority(scope.signal),
    pullSecretObject(client, scope, input, host),
    holdFinalizer(client, scope),
  ]);
  if (!pullSecrets) return;
  if (!(await ensureNamespace({ ...dependencies, caches: dependencies.owned }, scope, input))) return;
  const service = await layFoundation(dependencies, scope, input, pullSecrets);
  await withdrawDedicatedAccess({ ...handover, input });
  const waiting = { service, secrets: dependencies.owned.Secret, now: dependencies.clock.now() };
  if (isAddressAwaited(scope, input, waiting)) return;
  const rendered = await issue(dependencies, scope, { input, service, authority });
  // The pod mounts the Secrets: were they later than it, the kubelet would try again only seconds after.
  await dependencies.applier.applyAll(renderSecrets(rendered), scope.signal);
  await dependencies.applier.applyAll(renderWorkload(rendered), scope.signal);
  await removeDedicatedIdentity({ ...handover, input });
  const exposed = await exposeEndpoint(dependencies, scope, input);
  await observe(dependencies, scope, { rendered, service, exposed });
}

/** Applies what needs nothing but the specification. The Service of the control plane, as it is then. */
async function layFoundation(
  { applier }: NestedClusterDependencies,
  { signal }: Scope,
  input: ControlPlaneInput,
  pullSecrets: readonly KubeObject[],
): Promise<KubeObject> {
  const { Role: roles = [], others = [] } = Object.groupBy(renderFoundation(input), ({ kind }) =>
    kind === "Role" ? kind : "others",
  );
  // A binding is refused while its role is not there.
  await applier.applyAll(roles, signal);
  const foundation = await applier.applyAll([...others, ...pullSecrets], signal);
  const service = foundation.find(({ kind, metadata }) => kind === "Service" && metadata.name === names.controlPlane);
  if (!service) throw new Error("The Service of the control plane was not rendered");
  return service;
}

async function issue(
  dependencies: NestedClusterDependencies,
  scope: Scope,
  known: {
    input: ControlPlaneInput;
    service: KubeObject;
    authority: { certificate: string; key: string };
  },
): Promise<RenderInput> {
  const { input, service, authority } = known;
  const clusterIP = (service.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
  const named = serverNames(scope, input, service);
  const sources = { ...dependencies, secrets: dependencies.owned.Secret };
  const issued = await ensureCertificates(sources, scope, input, { serverNames: named, internalCa: authority });
  const url = endpointUrl(input, service);
  if (url !== undefined) scope.endpointUrl = url;
  return {
    ...input,
    ...issued,
    clusterIP,
    serverNames: named,
    internalCa: authority.certificate,
    ...(url !== undefined && { endpointUrl: url }),
  };
}

async function observe(
  dependencies: NestedClusterDependencies,
  scope: Scope,
  made: { rendered: RenderInput; service: KubeObject; exposed: Exposed },
): Promise<void> {
  const { clock, pods } = dependencies;
  const { rendered, service, exposed } = made;
  const controlPlane = await observeControlPlane(dependencies, scope);
  scope.observations.ControlPlaneReady = controlPlane;
  const pod = pods.get(names.controlPlanePod, scope.identity.hostNamespace);
  const { observation, apiAnswers } = await observeEndpoint(dependencies, scope, {
    input: rendered,
    service,
    exposed,
    ca: rendered.pki["ca.crt"] ?? "",
    running: pod !== undefined && isApiRunning(pod),
    now: clock.now(),
    ...(rendered.endpointUrl !== undefined && { url: rendered.endpointUrl }),
  });
  scope.observations.EndpointReachable = observation;
  // The API said so itself; the kubelet's next probe would say it up to a second later.
  if (apiAnswers && controlPlane.reason === "ContainersStarting") {
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
