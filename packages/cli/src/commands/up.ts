import { defineCommand } from "../command.ts";

export const up = defineCommand({
  name: "up",
  summary: "Bring up a host on this machine, Inkube on it, and a first nested cluster",
  description: `Can be run again at any time: it goes on where it stopped, and changes nothing when all is there.

Example:
  sudo inkube up`,
  arguments: [],
  options: {
    name: { kind: "string", default: "demo", description: "name of the first nested cluster" },
    demo: { kind: "boolean", negatable: true, default: true, description: "no nested cluster, only the host" },
    bare: { kind: "boolean", description: "only Kubernetes with the image of Inkube's programs: a cluster to import" },
    hub: { kind: "boolean", negatable: true, default: true, description: "no hub, only agent and syncer" },
    timeout: {
      kind: "duration",
      default: "5m",
      description: "how long to wait for the programs and the nested cluster",
    },
  },
  async run({ options }, context) {
    const { bringUp } = await import("../actions/bring-up.ts");
    await bringUp(options, context);
  },
});
