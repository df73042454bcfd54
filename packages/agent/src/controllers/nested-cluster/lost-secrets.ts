import { names } from "@inkube/api";
import type { KubeObject, WatchCache } from "@inkube/kube";

/** Secrets that were deleted while somebody watched, so that they can be put back as they were. */
export interface LostSecrets {
  /** The deleted Secret; it is handed out once. */
  take(namespace: string, name: string): KubeObject | undefined;
  /** Forgets a namespace that is gone for good. */
  forget(namespace: string): void;
}

/** Remembers deletions of Secret `pki`, the only one whose loss cannot be made good by rendering again. */
export function watchLostSecrets(secrets: WatchCache): LostSecrets {
  const lost = new Map<string, KubeObject>();
  secrets.onChange((change) => {
    if (change.type === "deleted") {
      const { name, namespace = "" } = change.previous.metadata;
      if (name === names.pkiSecret) lost.set(namespace, change.previous);
    }
  });
  return {
    take(namespace, name) {
      const found = name === names.pkiSecret ? lost.get(namespace) : undefined;
      lost.delete(namespace);
      return found;
    },
    forget: (namespace) => void lost.delete(namespace),
  };
}
