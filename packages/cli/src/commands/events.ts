import { defineCommand } from "../command.ts";
import { allProjects } from "./common-options.ts";

export const events = defineCommand({
  name: "events",
  summary: "List what happened to nested clusters and hosts, newest first",
  description: `Of a hub, which keeps it for a month, whether the nested cluster is still there or not.

Examples:
  inkube events team-a --type Warning --since 1d
  inkube events --host edge-1`,
  arguments: [{ name: "name", description: "name of the nested cluster (default: all)", complete: "cluster" }],
  options: {
    "all-projects": allProjects,
    host: { kind: "string", placeholder: "NAME", description: "of this host and of nested clusters there" },
    type: { kind: "string", description: "only Normal, or only Warning", complete: ["Normal", "Warning"] },
    since: { kind: "duration", description: "only what is younger than this" },
    limit: { kind: "integer", placeholder: "N", default: 50, description: "how many at most (default: 50)" },
  },
  async run({ args, options }, context) {
    const { listEvents } = await import("../actions/events.ts");
    await listEvents(args.name, options, context);
  },
});
