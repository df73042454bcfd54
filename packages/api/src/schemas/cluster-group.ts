import { z } from "zod";
import { distros } from "../versions.ts";
import { advancedValues } from "./advanced.ts";
import { celRules, quantityRules } from "./cel.ts";
import { conditions, kubernetesVersion, objectName, quantity } from "./common.ts";
import { endpointType, wildcardDomain } from "./endpoint.ts";

const amount = (resource: string, cpu: string, memory: string, storage: string) =>
  z.object({
    cpu: quantity.default(cpu).describe(`${resource} CPU of one nested cluster.`),
    memory: quantity.default(memory).describe(`${resource} memory of one nested cluster.`),
    storage: quantity.default(storage).describe(`${resource} storage of one nested cluster.`),
  });

const minimum = amount("Least", "4", "4Gi", "2Gi").meta(
  celRules(...quantityRules("cpu", "500m"), ...quantityRules("memory", "512Mi"), ...quantityRules("storage", "1Gi")),
);

const limits = amount("Most", "6", "8Gi", "10Gi").meta(
  celRules(...quantityRules("cpu", "500m"), ...quantityRules("memory", "512Mi"), ...quantityRules("storage", "1Gi")),
);

const groupHost = z.object({
  name: objectName.describe("Name of a HostCluster."),
  domain: wildcardDomain.optional().describe("Wildcard DNS name of this host; its own endpoint's domain when absent."),
  draining: z
    .boolean()
    .default(false)
    .describe("Nothing new of this group is placed on the host; what is there stays until it is deleted."),
});

const limitRules = (["cpu", "memory", "storage"] as const).map((resource) => {
  const limit = `string(self.limits.${resource})`;
  const least = `string(self.minimum.${resource})`;
  return {
    rule: `!isQuantity(${limit}) || !isQuantity(${least}) || quantity(${limit}).compareTo(quantity(${least})) >= 0`,
    messageExpression: `'limit ${resource} ' + ${limit} + ' is below the minimum ' + ${least} + ': raise the limit, or lower minimum.${resource}'`,
    fieldPath: `.limits.${resource}`,
  };
});

/** Hosts that are one place for nested clusters, and the rules that hold there; defaults filled in. */
export const clusterGroupSpec = z
  .object({
    description: z.string().max(1024).optional(),
    projects: z
      .array(objectName)
      .max(256)
      .meta({ "x-kubernetes-list-type": "set" })
      .optional()
      .describe("Projects that may use the group; all when absent."),
    hosts: z
      .array(groupHost)
      .max(100)
      .default([])
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
      .describe("Hosts of the group. Placement takes the one with most free CPU among those with room."),
    endpointType: endpointType
      .default("Hub")
      .describe("How the API servers of the group's nested clusters are reached; every host must offer it."),
    oversubscription: z
      .int32()
      .min(1)
      .max(1000)
      .default(120)
      .describe(
        "Percent of what a host can allocate that sizes of nested clusters may add up to: for each of CPU, memory and storage the sum of sizes is at most allocatable * oversubscription / 100.",
      ),
    limits: limits.prefault({}),
    minimum: minimum.prefault({}),
    distro: z.enum(distros).default("k3s").describe("Distro of the group's nested clusters. Cannot be changed."),
    version: kubernetesVersion.optional().describe("Kubernetes version of nested clusters that do not say otherwise."),
    advanced: advancedValues.optional().describe("Holds for nested clusters that are placed from now on."),
  })
  .meta(
    celRules(
      {
        rule: "self.distro == oldSelf.distro",
        message: "distro cannot be changed: create another group",
        fieldPath: ".distro",
        reason: "FieldValueForbidden",
      },
      {
        rule: "self.distro != 'k8s' || !has(self.version) || !self.version.contains('+k3s')",
        message: "a version with +k3s needs distro k3s: set distro: k3s or remove the suffix",
        fieldPath: ".version",
      },
      ...limitRules,
    ),
  );

const figure = z.object({
  total: z.number().describe("What the hosts can allocate, times oversubscription."),
  used: z.number().describe("Sum of sizes of the nested clusters that are there."),
  free: z.number(),
});

/** How much of a host or group is taken; CPU in cores, memory and storage in bytes. */
export const capacityFigures = z.object({ cpu: figure, memory: figure, storage: figure });

/** What is true of a group; written by the hub. */
export const clusterGroupStatus = z.object({
  observedGeneration: z.int().min(0).meta({ format: "int64" }).optional(),
  clusters: z.int32().min(0).optional().describe("Nested clusters of the group."),
  capacity: capacityFigures.optional(),
  hosts: z
    .array(
      z.object({
        name: objectName,
        eligible: z.boolean(),
        reason: z.string().max(1024).optional().describe("Why nothing is placed there."),
        clusters: z.int32().min(0),
        capacity: capacityFigures.optional(),
      }),
    )
    .max(100)
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
    .optional(),
  conditions: conditions.optional(),
});
