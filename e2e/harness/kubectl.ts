import { join } from "node:path";
import type { KubeObject } from "@inkube/kube";
import { patienceFlag } from "./patience.ts";
import { must, type RunOptions, type RunResult, run } from "./run.ts";

/** Where the real kubectl is; the Makefile names the folder. */
export function binDir(): string {
  const dir = process.env.INKUBE_BIN_DIR;
  if (!dir) throw new Error("INKUBE_BIN_DIR is not set: run the tests with `make test-e2e`");
  return dir;
}

/** The real kubectl with one kubeconfig. */
export class Kubectl {
  readonly kubeconfig: string;
  readonly #env: Record<string, string>;
  readonly #before: readonly string[];

  /** `before` are words in front of the command, such as what gives it another view of the network. */
  constructor(kubeconfig: string, env: Record<string, string> = {}, before: readonly string[] = []) {
    this.kubeconfig = kubeconfig;
    this.#env = env;
    this.#before = before;
  }

  /** Runs and returns whatever came out, also of a failure. */
  try(args: string[], options: RunOptions = {}): Promise<RunResult> {
    const [program, ...command] = this.#command(args);
    return run(program, command, { ...options, env: { ...this.#env, ...options.env } });
  }

  /** Runs what must succeed; gives standard output. */
  run(args: string[], options: RunOptions = {}): Promise<string> {
    const [program, ...command] = this.#command(args);
    return must(program, command, { ...options, env: { ...this.#env, ...options.env } });
  }

  #command(args: string[]): [string, ...string[]] {
    const words = [...this.#before, join(binDir(), "kubectl"), "--kubeconfig", this.kubeconfig, ...args];
    return words as [string, ...string[]];
  }

  /** Reads one object; throws when it is not there. */
  async get<T extends KubeObject = KubeObject>(resource: string, name: string, namespace = "default"): Promise<T> {
    return JSON.parse(await this.run(["get", resource, name, "-n", namespace, "-o", "json"])) as T;
  }

  /** Reads all objects of a resource in a namespace, or in all with "*". */
  async list(resource: string, namespace = "default", selector = ""): Promise<KubeObject[]> {
    const where = namespace === "*" ? ["-A"] : ["-n", namespace];
    const text = await this.run(["get", resource, ...where, "-l", selector, "-o", "json"]);
    return (JSON.parse(text) as { items: KubeObject[] }).items;
  }

  /** Waits until each object, written `kind/name`, has the condition. */
  async await(condition: string, ...objects: string[]): Promise<void> {
    await this.run(["wait", `--for=condition=${condition}`, ...objects, patienceFlag]);
  }

  /** Waits until an object, written `kind/name`, is no more. */
  async gone(object: string, namespace: string): Promise<void> {
    await this.run(["wait", "--for=delete", object, "-n", namespace, patienceFlag]);
  }

  /** Waits until a workload, written `kind/name`, runs as it was last asked for. */
  async rolledOut(workload: string, namespace = "default"): Promise<void> {
    await this.run(["rollout", "status", workload, "-n", namespace, patienceFlag]);
  }

  /** Applies objects. The server validates them: kubectl's own look needs its whole schema within half a minute. */
  apply(...objects: object[]): Promise<string> {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    return this.run(["apply", "--validate=ignore", "-f", "-"], { input: JSON.stringify(list) });
  }
}
