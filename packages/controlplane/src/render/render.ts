import type { KubeObject } from "@inkube/kube";
import { renderEndpoint } from "../endpoints/endpoints.ts";
import { isServedByDedicated, syncerRoleBinding, syncerServiceAccount, workloadServiceAccount } from "./access.ts";
import { dataClaim } from "./data-claim.ts";
import { dedicatedSyncerAccess } from "./dedicated-access.ts";
import type { ControlPlaneInput, RenderInput } from "./input.ts";
import { namespaceObject } from "./namespace.ts";
import { controlPlanePolicy, workloadsPolicy } from "./network-policies.ts";
import { quotas } from "./quotas.ts";
import { egressSecret, peopleKubeconfigSecret, pkiSecret, syncerKubeconfigSecret, syncerTlsSecret } from "./secrets.ts";
import { controlPlanePodsService, controlPlaneService } from "./services.ts";
import { statefulSet } from "./stateful-set.ts";

/** One object on the host, or a few that belong together, made from the input alone. */
interface Part<Input> {
  name: string;
  objects(input: Input): KubeObject[];
}

/** Needing nothing but the specification: limits, policies, identities, Services. */
export const foundationParts: readonly Part<ControlPlaneInput>[] = [
  { name: "services", objects: (input) => [controlPlaneService(input), controlPlanePodsService(input)] },
  { name: "datastore", objects: (input) => [dataClaim(input)] },
  { name: "quotas", objects: quotas },
  { name: "network policies", objects: (input) => [workloadsPolicy(input), controlPlanePolicy(input)] },
  {
    name: "identities",
    objects: (input) => [workloadServiceAccount(input), ...syncerServiceAccount(input), syncerRoleBinding(input)],
  },
  {
    name: "dedicated syncer's access",
    objects: (input) => (isServedByDedicated(input) ? dedicatedSyncerAccess(input.cluster) : []),
  },
];

/** Needing the Service's address and the certificates. The pod mounts the Secrets, so it comes last. */
export const secretParts: readonly Part<RenderInput>[] = [
  { name: "pki", objects: (input) => [pkiSecret(input)] },
  { name: "egress", objects: (input) => [egressSecret(input), ...syncerTlsSecret(input)] },
  { name: "kubeconfigs", objects: (input) => [syncerKubeconfigSecret(input), ...peopleKubeconfigSecret(input)] },
];

/** The namespace, alone because everything else needs it. */
export function renderNamespace(input: ControlPlaneInput): KubeObject {
  return namespaceObject(input);
}

/** Objects that need only the specification. */
export function renderFoundation(input: ControlPlaneInput): KubeObject[] {
  return foundationParts.flatMap((part) => part.objects(input));
}

/** Secrets, to be there before the StatefulSet. */
export function renderSecrets(input: RenderInput): KubeObject[] {
  return secretParts.flatMap((part) => part.objects(input));
}

/** The StatefulSet. */
export function renderWorkload(input: RenderInput): KubeObject[] {
  return [statefulSet(input)];
}

/** Every object of one nested cluster in the order in which they may be applied one after the other. Pure. */
export function renderControlPlane(input: RenderInput): KubeObject[] {
  return [
    renderNamespace(input),
    ...renderFoundation(input),
    ...renderSecrets(input),
    ...renderWorkload(input),
    ...renderEndpoint(input),
  ];
}
