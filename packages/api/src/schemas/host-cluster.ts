import { z } from "zod";
import { defaultVersion, distros } from "../versions.ts";
import { celRules } from "./cel.ts";
import { conditions, hostOrIp, images, kubernetesVersion, quantity } from "./common.ts";

const endpoint = z.object({
  type: z
    .enum(["ClusterIP", "NodePort"])
    .default("ClusterIP")
    .describe("How people reach nested API servers that do not say otherwise."),
  addresses: z
    .array(hostOrIp)
    .max(32)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe("Names and addresses by which node ports are reached, best first; node addresses when absent."),
});

/** What a host offers to nested clusters, defaults filled in. */
export const hostClusterSpec = z
  .object({
    defaultDistro: z.enum(distros).default("k3s"),
    defaultVersion: kubernetesVersion.default(defaultVersion),
    endpoint: endpoint.prefault({}),
    images: images.optional().describe("Used by nested clusters that do not say otherwise."),
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
    celRules({
      rule: "self.defaultDistro != 'k8s' || !self.defaultVersion.contains('+k3s')",
      message: "a version with +k3s needs defaultDistro k3s: set defaultDistro: k3s or remove the suffix",
      fieldPath: ".defaultVersion",
    }),
  );

/** What is true of a host; written by its agent. */
export const hostClusterStatus = z.object({
  version: z.string().max(64).optional().describe("Kubernetes version of the host."),
  nodes: z.int32().min(0).optional().describe("Nodes that are ready."),
  capacity: z.record(z.string(), quantity).optional().describe("Sum of what the nodes can allocate, by resource."),
  serviceCIDR: z.string().max(100).optional(),
  conditions: conditions.optional(),
  heartbeat: z.iso.datetime({ offset: true }).optional().describe("When the agent last looked."),
});
