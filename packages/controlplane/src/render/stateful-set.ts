import { createHash } from "node:crypto";
import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { podSecurityContext } from "../distros/container-security.ts";
import { distroDefinitions } from "../distros/distros.ts";
import { dedicatedSyncerAccount } from "./access.ts";
import { dataClaimSpec } from "./data-claim.ts";
import { dedicatedSyncer } from "./dedicated-syncer.ts";
import { distroInput } from "./distro-input.ts";
import type { RenderInput } from "./input.ts";
import { controlPlaneSelector, owned, ownLabels } from "./object-labels.ts";
import { tunnelAddress } from "./secrets.ts";

/** Annotation of the pod template: changes when something is read only at start, so that the pod is replaced. */
export const restartAnnotation = "inkube.dev/read-at-start";

/** The control plane's pod. */
export function statefulSet(input: RenderInput): KubeObject {
  const { cluster, spec } = input;
  const claim = { metadata: { name: "data", labels: ownLabels(cluster) }, spec: dataClaimSpec(spec) };
  return owned(cluster, {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    name: names.controlPlane,
    spec: {
      replicas: 1,
      serviceName: names.controlPlanePods,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: controlPlaneSelector },
      updateStrategy: { type: "RollingUpdate" },
      // No retention policy of its own: the claim goes with the namespace, and the owner reference that a policy adds to a
      // claim races with the scheduler, which costs the first pod a second.
      template: {
        metadata: {
          labels: { ...ownLabels(cluster), ...controlPlaneSelector },
          annotations: { [restartAnnotation]: readAtStart(input) },
        },
        spec: podSpec(input),
      },
      volumeClaimTemplates: [claim],
    },
  });
}

function podSpec(input: RenderInput): object {
  const { containers, volumes } = distroDefinitions[input.distro].parts(distroInput(input));
  const beside = dedicatedSyncer(input);
  return {
    // Made together with this object, so that the pod does not wait for the namespace's default account.
    serviceAccountName: beside ? dedicatedSyncerAccount : names.workloadServiceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: names.priorityClass,
    terminationGracePeriodSeconds: 30,
    securityContext: podSecurityContext({ openshift: input.spec.advanced?.openshift === true }),
    ...(input.pullSecret !== undefined && { imagePullSecrets: [{ name: input.pullSecret }] }),
    containers: [...containers, ...(beside?.containers ?? [])],
    volumes: [...volumes, ...(beside?.volumes ?? [])],
  };
}

/**
 * Certificates renew in place; authorities and the token key do not. Nor does the tunnel's client certificate: the API server
 * loads it once, when it makes its dialer, and with an expired one it would reach no kubelet and no webhook any more.
 */
function readAtStart(input: RenderInput): string {
  const parts = [
    input.pki["ca.crt"],
    input.pki["sa.pub"],
    input.internalCa,
    input.egress.certificate,
    tunnelAddress(input),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
