import { z } from "zod";
import { distros } from "../versions.ts";
import { advancedValues } from "./advanced.ts";
import { type CelRule, celRules, quantityRules } from "./cel.ts";
import { conditions, images, kubernetesVersion, objectName, quantity } from "./common.ts";
import { clusterEndpoint, endpointType } from "./endpoint.ts";

const size = z
  .object({
    cpu: quantity.default("2").describe("Sum of CPU that the pods of the nested cluster may ask for. At least 500m."),
    memory: quantity
      .default("4Gi")
      .describe("Sum of memory that the pods of the nested cluster may ask for. At least 512Mi."),
    storage: quantity
      .default("10Gi")
      .describe("Sum of storage that the volume claims of the nested cluster may ask for. At least 1Gi."),
    pods: z.int32().default(100).describe("Number of pods. At least 5."),
  })
  .meta(
    celRules(...quantityRules("cpu", "500m"), ...quantityRules("memory", "512Mi"), ...quantityRules("storage", "1Gi"), {
      rule: "self.pods >= 5",
      message: "pods is too small: set at least 5",
      fieldPath: ".pods",
    }),
  );

const datastoreStorage = z
  .object({
    size: quantity.default("1Gi").describe("Size of the volume that holds the datastore. At least 256Mi."),
    storageClassName: objectName.optional().describe("Storage class of the volume; the host's default when absent."),
  })
  .meta(celRules(...quantityRules("size", "256Mi")));

const datastore = z
  .object({
    type: z.enum(["sqlite"]).default("sqlite"),
    storage: datastoreStorage.prefault({}),
  })
  .meta(
    celRules(
      {
        rule: "self.type == oldSelf.type",
        message: "the datastore's type cannot be changed: create another nested cluster",
        fieldPath: ".type",
        reason: "FieldValueForbidden",
      },
      {
        rule: "self.storage == oldSelf.storage",
        message: "the datastore's volume cannot be changed after creation: create another nested cluster",
        fieldPath: ".storage",
        reason: "FieldValueForbidden",
      },
    ),
  );

const clusterDomain = z
  .string()
  .min(1)
  .max(63)
  .default("cluster.local")
  .meta({
    description: "DNS domain of Services inside.",
    ...celRules(
      {
        rule: "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
        messageExpression: "'clusterDomain ' + self + ' is not a DNS domain: write lower-case labels joined by dots'",
      },
      {
        rule: "self == oldSelf",
        message: "clusterDomain cannot be changed, pods rely on it: create another nested cluster",
        reason: "FieldValueForbidden",
      },
    ),
  });

/** Where a nested cluster runs is settled at its creation. */
function unchangeable(field: string): CelRule {
  return {
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${field} cannot be changed: create another nested cluster`,
    fieldPath: `.${field}`,
    reason: "FieldValueForbidden",
  };
}

/** What a person wants of a nested cluster, defaults filled in. */
export const nestedClusterSpec = z
  .object({
    description: z.string().max(1024).optional(),
    host: objectName
      .optional()
      .describe("HostCluster on which it runs; chosen by the hub from the group when absent. Cannot be changed."),
    group: objectName.optional().describe("ClusterGroup whose hosts and rules apply. Cannot be changed."),
    distro: z
      .enum(distros)
      .optional()
      .describe(
        "What the control plane is made of; what the host's default was at creation when absent. Cannot be changed.",
      ),
    version: kubernetesVersion
      .optional()
      .describe("Kubernetes version; what the host's default was at creation when absent."),
    size: size.prefault({}),
    datastore: datastore.prefault({}),
    endpoint: clusterEndpoint.prefault({}),
    syncer: z
      .enum(["shared", "dedicated"])
      .default("shared")
      .describe("One syncer for many nested clusters, or one inside this control plane's own pod."),
    podSecurity: z
      .enum(["privileged", "baseline", "restricted"])
      .default("baseline")
      .describe("Pod Security level that the host enforces on the nested cluster's pods."),
    images: images.optional(),
    clusterDomain,
    advanced: advancedValues
      .optional()
      .describe("Those of its group when it was placed. In a hub only administrators may set others."),
  })
  .meta(
    celRules(
      {
        rule: "!has(self.host) || !has(self.group)",
        message: "host and group cannot both be set: name a host, or a group whose hosts are chosen from",
        fieldPath: ".host",
        reason: "FieldValueForbidden",
      },
      ...["host", "group"].map(unchangeable),
      {
        rule: "!has(oldSelf.distro) || (has(self.distro) && self.distro == oldSelf.distro)",
        message: "distro cannot be changed once it is set: create another nested cluster",
        fieldPath: ".distro",
        reason: "FieldValueForbidden",
      },
      {
        rule: "!has(self.distro) || self.distro != 'k8s' || !has(self.version) || !self.version.contains('+k3s')",
        message: "a version with +k3s needs distro k3s: set distro: k3s or remove the suffix",
        fieldPath: ".version",
      },
      {
        rule: [
          "!has(self.version) || !has(oldSelf.version) || self.version == oldSelf.version",
          "!self.version.matches('^v1[.][0-9]+[.]') || !oldSelf.version.matches('^v1[.][0-9]+[.]')",
          "int(self.version.split('.')[1]) - int(oldSelf.version.split('.')[1]) in [0, 1]",
        ].join(" || "),
        message: "version can stay in its minor or go up by one minor: Kubernetes supports no other step",
        fieldPath: ".version",
        reason: "FieldValueForbidden",
      },
    ),
  );

/** What is true of a nested cluster; written by the agent, `syncer` and the condition `Synced` by the syncer. */
export const nestedClusterStatus = z.object({
  phase: z.enum(["Pending", "Provisioning", "Ready", "Degraded", "Deleting", "Failed"]).optional(),
  host: objectName.optional().describe("HostCluster on which it was placed; written by the hub, never changed."),
  namespace: z.string().max(63).optional().describe("Host namespace that holds everything of this nested cluster."),
  distro: z.enum(distros).optional().describe("Distro in use."),
  version: z.string().max(64).optional().describe("Kubernetes version in use."),
  endpoint: z
    .object({
      url: z.string().max(512).optional(),
      type: endpointType.optional().describe("The type in use."),
    })
    .optional(),
  observedGeneration: z.int().min(0).meta({ format: "int64" }).optional(),
  conditions: conditions.optional(),
  syncer: z
    .object({ objects: z.int().min(0).optional(), pods: z.int().min(0).optional() })
    .optional()
    .describe("How many objects of the nested cluster are on the host now."),
});

/** Rules about the whole object: its name, and what the status says is already running. */
export const nestedClusterRules = celRules(
  {
    rule: "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$') && size(self.metadata.name) <= 40",
    messageExpression:
      "'name ' + self.metadata.name + ' cannot be used: start with a letter, then lower-case letters, digits and dashes, at most 40 characters'",
    fieldPath: ".metadata.name",
  },
  {
    rule: "!has(self.spec.distro) || !has(oldSelf.status) || !has(oldSelf.status.distro) || self.spec.distro == oldSelf.status.distro",
    messageExpression:
      "'distro cannot be changed: this nested cluster already runs ' + (has(oldSelf.status) && has(oldSelf.status.distro) ? oldSelf.status.distro : '')",
    fieldPath: ".spec.distro",
    reason: "FieldValueForbidden",
  },
  {
    rule: [
      "!has(self.spec.version) || has(oldSelf.spec.version) || !has(oldSelf.status) || !has(oldSelf.status.version)",
      "!self.spec.version.matches('^v1[.][0-9]+[.]') || !oldSelf.status.version.matches('^v1[.][0-9]+[.]')",
      "int(self.spec.version.split('.')[1]) - int(oldSelf.status.version.split('.')[1]) in [0, 1]",
    ].join(" || "),
    message: "version can stay in the minor that is running or go up by one minor: Kubernetes supports no other step",
    fieldPath: ".spec.version",
    reason: "FieldValueForbidden",
  },
  {
    rule: [
      "!has(oldSelf.status) || (!has(oldSelf.status.host) && !has(oldSelf.status.distro))",
      "(has(self.spec.advanced) == has(oldSelf.spec.advanced) && (!has(self.spec.advanced) || self.spec.advanced == oldSelf.spec.advanced))",
    ].join(" || "),
    message: "advanced cannot be changed once the nested cluster was placed: create another nested cluster",
    fieldPath: ".spec.advanced",
    reason: "FieldValueForbidden",
  },
);
