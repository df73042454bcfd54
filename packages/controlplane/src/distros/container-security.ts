/** User and group of every control plane container; the one that distroless images call nonroot. */
export const nonRootId = 65532;

/** Passes Pod Security level `restricted`, and more: nothing in the image can be written. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: nonRootId,
  runAsGroup: nonRootId,
} as const;

/** The pod's part: `fsGroup` lets the containers read their Secrets and write their volume. */
export const podSecurityContext = {
  runAsNonRoot: true,
  runAsUser: nonRootId,
  runAsGroup: nonRootId,
  fsGroup: nonRootId,
  // A datastore volume with many files would otherwise be walked at every start.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
} as const;
