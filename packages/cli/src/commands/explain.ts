import { defineCommand } from "../command.ts";

export const explain = defineCommand({
  name: "explain",
  summary: "Say where an object of a nested cluster is on the host, or why it is not there",
  description: `Here -n is the namespace inside the nested cluster.

Example:
  inkube explain pod/web -n shop --cluster team-a`,
  arguments: [{ name: "object", description: "KIND/NAME or KIND.GROUP/NAME, as for kubectl get", required: true }],
  options: {
    namespace: {
      kind: "string",
      short: "n",
      default: "default",
      description: "namespace inside the nested cluster",
    },
    cluster: { kind: "string", description: "nested cluster (may be left out when the project has only one)" },
  },
  async run({ args, options }, context) {
    const { explainObject } = await import("../actions/explain-object.ts");
    await explainObject(args.object, options, context);
  },
});
