import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Condition, NestedCluster } from "@inkube/api";
import { type KubeObject, parseKubeconfig } from "@inkube/kube";
import { deleteCluster } from "../cluster.ts";
import { eventually } from "../eventually.ts";
import { inkube } from "../inkube.ts";
import { Kubectl } from "../kubectl.ts";
import type { EndpointHost } from "./endpoint-host.ts";

/** A nested cluster of the tests' host as those see it who look at its endpoint. */
export interface EndpointCluster extends AsyncDisposable {
  readonly name: string;
  object(): Promise<NestedCluster & KubeObject>;
  /** Waits until the condition EndpointReachable has this reason, and gives its message. */
  endpointIs(reason: string): Promise<string>;
  /** Changes `spec.endpoint`. */
  change(endpoint: object): Promise<void>;
  /** The administrator's kubeconfig, with the server's URL and authority. */
  access(): Promise<{ kubectl: Kubectl; server: string; ca: string; text: string }>;
}

/** Creates a small nested cluster without waiting for it; `before` are words before kubectl. Deleted when disposed. */
export async function endpointCluster(
  host: EndpointHost,
  name: string,
  options: { type: string; before?: readonly string[] },
): Promise<EndpointCluster> {
  const size = ["--cpu", "500m", "--memory", "512Mi", "--storage", "1Gi"];
  await inkube(["create", name, "--endpoint", options.type, ...size, "--no-wait"]);
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-endpoint-"));
  const object = () => host.kubectl.get<NestedCluster & KubeObject>("nestedcluster", name);
  return {
    name,
    object,
    endpointIs: (reason) =>
      eventually(async () => {
        const { status } = await object();
        const found = status?.conditions?.find(({ type }: Condition) => type === "EndpointReachable");
        if (found?.reason !== reason) throw new Error(`EndpointReachable is ${found?.reason}: ${found?.message}`);
        return found.message;
      }),
    async change(endpoint) {
      const patch = JSON.stringify({ spec: { endpoint } });
      await host.kubectl.run(["patch", "nestedcluster", name, "--type=merge", "-p", patch]);
    },
    async access() {
      const text = await inkube(["kubeconfig", name]);
      const path = join(folder, "kubeconfig");
      await writeFile(path, text, { mode: 0o600 });
      const { server, ca = "" } = await parseKubeconfig(text);
      return { kubectl: new Kubectl(path, {}, options.before), server, ca, text };
    },
    async [Symbol.asyncDispose]() {
      await deleteCluster(name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
