/** User and group of every control plane container; the one that distroless images call nonroot. */
export const nonRootId = 65532;

/** Who runs containers: the user that images have, or whom the host gives to the namespace. */
export interface SecuritySettings {
  /** No fixed IDs, as OpenShift refuses any but those that it gave to the namespace. */
  openshift: boolean;
}

/** Passes Pod Security level `restricted`, and more: nothing in the image can be written. */
export function containerSecurity({ openshift }: SecuritySettings) {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    ...(!openshift && { runAsUser: nonRootId, runAsGroup: nonRootId }),
  };
}

/** The pod's part: `fsGroup` lets the containers read their Secrets and write their volume; OpenShift sets its own. */
export function podSecurityContext({ openshift }: SecuritySettings) {
  return {
    runAsNonRoot: true,
    ...(!openshift && { runAsUser: nonRootId, runAsGroup: nonRootId, fsGroup: nonRootId }),
    // A datastore volume with many files would otherwise be walked at every start.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}
