/** A kubeconfig, or something it points at, cannot be used. The message names the file, context and field, never a secret. */
export class KubeconfigError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "KubeconfigError";
  }
}
