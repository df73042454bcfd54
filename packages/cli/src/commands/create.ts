import { distros } from "@inkube/api";
import { defineCommand } from "../command.ts";
import { dryRun, running, size } from "./common-options.ts";

export const create = defineCommand({
  name: "create",
  summary: "Create a nested cluster and wait until it is ready",
  description: `Everything that is not said is the host's choice. The host checks first, without creating anything,
so what it refuses is refused with its own words.

Examples:
  inkube create team-a
  inkube create team-a --cpu 4 --memory 8Gi --connect
  inkube create -f team-a.yaml --no-wait`,
  arguments: [{ name: "name", description: "name of the nested cluster; may be left out with -f" }],
  options: {
    distro: {
      kind: "string",
      description: `what the control plane is made of: ${distros.join(", ")}`,
      complete: distros,
    },
    version: { kind: "string", placeholder: "vX.Y.Z", description: "Kubernetes version" },
    ...size,
    ...running,
    group: { kind: "string", placeholder: "NAME", description: "cluster group that chooses the host (hub)" },
    host: { kind: "string", placeholder: "NAME", description: "host on which it runs (hub)" },
    file: {
      kind: "string",
      short: "f",
      description: "a NestedCluster in YAML or JSON to begin with, - is standard input; options go over it",
      complete: "file",
    },
    wait: { kind: "boolean", negatable: true, default: true, description: "do not wait until it is ready" },
    timeout: { kind: "duration", default: "5m", description: "how long to wait" },
    connect: { kind: "boolean", description: "add it to your kubeconfig when it is ready" },
    "dry-run": dryRun,
  },
  async run(input, context) {
    const { createCluster } = await import("../actions/create-cluster.ts");
    await createCluster(input, context);
  },
});
