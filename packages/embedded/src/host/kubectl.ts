import { run } from "../command.ts";
import type { HostLayout } from "./host-layout.ts";

/** Runs kubectl against the host as its administrator. */
export class Kubectl {
  readonly #argv: string[];

  constructor(binary: string, layout: HostLayout) {
    this.#argv = [binary, `--kubeconfig=${layout.kubeconfigPath}`, `--cache-dir=${layout.runDir}/kubectl-cache`];
  }

  /** Applies objects with server-side apply under the field manager `inkube-host`. */
  async apply(objects: readonly object[], signal?: AbortSignal): Promise<void> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    const flags = ["--server-side", "--force-conflicts", "--field-manager=inkube-host", "--filename=-"];
    await run([...this.#argv, "apply", ...flags], signal === undefined ? { input } : { input, signal });
  }

  /** One value by jsonpath; "" when it is not there. */
  async read(jsonpath: string, ...args: string[]): Promise<string> {
    const result = await run([...this.#argv, "get", ...args, `--output=jsonpath=${jsonpath}`], { allowFailure: true });
    return result.code === 0 ? result.stdout.trim() : "";
  }
}
