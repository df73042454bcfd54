/** About the metrics server that the agent brings. */
export const metricsOptions = {
  "metrics-server": {
    kind: "string",
    placeholder: "on|off",
    description: "with full access: bring a metrics server where there is none (default: on)",
    complete: ["on", "off"],
  },
  "kubelet-insecure-tls": {
    kind: "string",
    placeholder: "on|off",
    description: "whether it may talk to kubelets that sign their own certificates (default: off)",
    complete: ["on", "off"],
  },
} as const;
