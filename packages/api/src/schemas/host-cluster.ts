import { z } from "zod";
import { defaultVersion, distros } from "../versions.ts";
import { celRules, quantityRules } from "./cel.ts";
import { conditions, images, kubernetesVersion, objectName, quantity } from "./common.ts";
import { endpointPolicy } from "./endpoint.ts";

const storageCapacity = z
  .object({ storage: quantity.describe("Storage that volumes of nested clusters may take in all.") })
  .meta(celRules(...quantityRules("storage", "1Gi")));

/** What a host offers to nested clusters, defaults filled in. */
export const hostClusterSpec = z
  .object({
    description: z.string().max(1024).optional(),
    access: z
      .enum(["full", "read-only"])
      .default("full")
      .describe("What the agent may do on the host: everything that nested clusters need, or only look."),
    nesting: z.boolean().default(false).describe("Whether nested clusters may be created on this host."),
    unschedulable: z
      .boolean()
      .default(false)
      .describe("Nothing new is placed on the host; what is there stays. Set by inkube host drain."),
    projects: z
      .array(objectName)
      .max(256)
      .meta({ "x-kubernetes-list-type": "set" })
      .optional()
      .describe("Projects that may use the host; all when absent."),
    defaultDistro: z.enum(distros).default("k3s"),
    defaultVersion: kubernetesVersion.default(defaultVersion),
    endpoint: endpointPolicy.prefault({}),
    capacity: storageCapacity
      .optional()
      .describe("What cannot be read from the nodes; their ephemeral storage counts when absent."),
    images: images.optional().describe("Used by nested clusters that do not say otherwise."),
    metricsServer: z
      .object({
        install: z
          .enum(["IfMissing", "Never"])
          .default("IfMissing")
          .describe(
            "IfMissing: the agent brings one to a host that serves no Metrics API. What is there is left alone.",
          ),
        kubeletInsecureTLS: z
          .boolean()
          .default(false)
          .describe("Do not check the kubelets' certificates, where they sign their own."),
      })
      .optional()
      .describe("On a host that was imported with full access."),
    serviceCIDR: z
      .string()
      .max(100)
      .meta({
        description: "Range of the host's ClusterIPs; found out by the agent when absent.",
        ...celRules({
          rule: "self.split(',').all(c, isCIDR(c))",
          messageExpression: "'serviceCIDR ' + self + ' is not a CIDR: write it like 10.96.0.0/16'",
        }),
      })
      .optional(),
  })
  .meta(
    celRules(
      {
        rule: "self.defaultDistro != 'k8s' || !self.defaultVersion.contains('+k3s')",
        message: "a version with +k3s needs defaultDistro k3s: set defaultDistro: k3s or remove the suffix",
        fieldPath: ".defaultVersion",
      },
      {
        rule: "!self.nesting || has(self.endpoint.type)",
        message:
          "endpoint type is missing: nesting needs one of ClusterIP, NodePort, LoadBalancer, Ingress, Gateway, Hub",
        fieldPath: ".endpoint.type",
        reason: "FieldValueRequired",
      },
      {
        rule: "!self.nesting || self.access == 'full'",
        message: "nesting needs access full: this host was imported read-only, give the agent full access first",
        fieldPath: ".nesting",
        reason: "FieldValueForbidden",
      },
    ),
  );

/** What is true of a host; written by its agent, in a hub by the hub for the agent. */
export const hostClusterStatus = z.object({
  phase: z
    .enum(["Importing", "Running", "Unhealthy", "Removing", "Failed"])
    .optional()
    .describe("One word for people; programs read conditions."),
  version: z.string().max(64).optional().describe("Kubernetes version of the host."),
  agentVersion: z.string().max(64).optional(),
  access: z
    .enum(["full", "read-only"])
    .optional()
    .describe("What the agent may do there now: as in the spec once the command of the import was run."),
  nodes: z.int32().min(0).optional().describe("Nodes that are ready."),
  capacity: z.record(z.string(), quantity).optional().describe("Sum of what the nodes can allocate, by resource."),
  serviceCIDR: z.string().max(100).optional(),
  clusters: z.int32().min(0).optional().describe("Nested clusters on this host."),
  metrics: z
    .enum(["available", "unavailable"])
    .optional()
    .describe("Whether the host serves the Metrics API; without it there is no usage."),
  conditions: conditions.optional(),
  heartbeat: z.iso.datetime({ offset: true }).optional().describe("When the agent last looked."),
});
