import { distros } from "@inkube/api";
import { defineCommand } from "../../command.ts";
import { dryRun, endpointTypes } from "../common-options.ts";
import { metricsOptions } from "./metrics-options.ts";

export const hostUpdate = defineCommand({
  name: "host update",
  summary: "Change what a host offers to nested clusters",
  description: `Only what is said is changed. What the agent may do there is changed with inkube host import --access.

Examples:
  inkube host update edge-1 --nesting on --endpoint LoadBalancer
  inkube host update edge-1 --endpoint Ingress --domain *.clusters.example.com --ingress-class nginx`,
  arguments: [{ name: "name", description: "name of the host", required: true }],
  options: {
    nesting: {
      kind: "string",
      placeholder: "on|off",
      description: "whether nested clusters may be created there",
      complete: ["on", "off"],
    },
    endpoint: {
      kind: "string",
      placeholder: "TYPE",
      description: `how nested clusters there are reached: ${endpointTypes.join(", ")}`,
      complete: endpointTypes,
    },
    domain: { kind: "string", placeholder: "*.DNS", description: "wildcard DNS name, for Ingress and Gateway" },
    addresses: { kind: "list", placeholder: "NAME", description: "names and addresses of node ports, best first" },
    "ingress-class": { kind: "string", placeholder: "NAME", description: "ingress class, for Ingress" },
    gateway: { kind: "string", placeholder: "NAMESPACE/NAME", description: "Gateway on the host, for Gateway" },
    projects: { kind: "list", placeholder: "NAME", description: "projects that may use it, in place of those before" },
    "all-projects": { kind: "boolean", description: "every project may use it" },
    storage: {
      kind: "string",
      placeholder: "QUANTITY",
      description: "storage that volumes of nested clusters may take in all",
    },
    distro: {
      kind: "string",
      description: "distro of nested clusters that do not say otherwise",
      complete: distros,
    },
    version: {
      kind: "string",
      placeholder: "vX.Y.Z",
      description: "Kubernetes version of nested clusters that do not say otherwise",
    },
    "service-cidr": { kind: "string", placeholder: "CIDR", description: "range of the host's ClusterIPs" },
    ...metricsOptions,
    description: { kind: "string", placeholder: "TEXT", description: "what it is for" },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { changeHost } = await import("../../actions/change-host.ts");
    await changeHost(args.name, options, context);
  },
});
