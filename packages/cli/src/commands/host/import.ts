import { defineCommand } from "../../command.ts";

export const hostImport = defineCommand({
  name: "host import",
  summary: "Let a cluster join the hub as a host, and print the command to run there",
  description: `The cluster's agent dials out to the hub; nothing dials in. Run it again for another command, or with --access full to give
the agent of a read-only host full access.

Examples:
  inkube host import edge-1 --endpoint LoadBalancer
  inkube host import audited --access read-only`,
  arguments: [{ name: "name", description: "name of the host in the hub", required: true }],
  options: {
    access: {
      kind: "string",
      placeholder: "MODE",
      default: "full",
      description: "what the agent may do there: full, read-only",
      complete: ["full", "read-only"],
    },
    endpoint: {
      kind: "string",
      placeholder: "TYPE",
      description:
        "how nested clusters there are reached; turns nesting on: ClusterIP, NodePort, LoadBalancer, Ingress, Hub",
      complete: ["ClusterIP", "NodePort", "LoadBalancer", "Ingress", "Hub"],
    },
    domain: { kind: "string", placeholder: "*.DNS", description: "wildcard DNS name, for endpoint type Ingress" },
    distro: {
      kind: "string",
      description: "distro of nested clusters that do not say otherwise",
      complete: ["k3s", "k8s"],
    },
    "https-proxy": { kind: "string", placeholder: "URL", description: "HTTP proxy through which the agent gets out" },
    "no-proxy": { kind: "string", placeholder: "LIST", description: "what goes past the proxy" },
    "proxy-ca-path": {
      kind: "string",
      placeholder: "DIR",
      description: "folder on the nodes with the proxy's authority",
    },
    "proxy-ca-mount": { kind: "string", placeholder: "DIR", description: "where the agent sees it" },
    wait: { kind: "boolean", description: "wait until it has joined" },
    timeout: { kind: "duration", default: "10m", description: "how long to wait" },
  },
  async run({ args, options }, context) {
    const { importHost } = await import("../../actions/hosts.ts");
    await importHost(args.name, options, context);
  },
});
