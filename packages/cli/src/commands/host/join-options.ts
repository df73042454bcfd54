import { metricsOptions } from "./metrics-options.ts";

/** What can be said of a cluster that joins the hub. */
export const joinOptions = {
  access: {
    kind: "string",
    placeholder: "MODE",
    description: "what the agent may do there: full, read-only (default: full, or as it is)",
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
  ...metricsOptions,
  "https-proxy": { kind: "string", placeholder: "URL", description: "HTTP proxy through which the agent gets out" },
  "no-proxy": { kind: "string", placeholder: "LIST", description: "what goes past the proxy" },
  "proxy-ca-file": {
    kind: "string",
    placeholder: "FILE",
    description: "authorities to trust beside the hub's own, PEM",
    complete: "file",
  },
  wait: { kind: "boolean", description: "wait until it has joined" },
  timeout: { kind: "duration", default: "10m", description: "how long to wait" },
} as const;
