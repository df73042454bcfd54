import { z } from "zod";
import { supportedMinors, supportedVersionsText } from "../versions.ts";
import { celRules, celString } from "./cel.ts";

/** A Kubernetes quantity as people write it: `2`, `500m`, `4Gi`. Whether it is one is said by CEL rules beside it. */
export const quantity = z
  .union([z.string().max(32), z.number()])
  .meta({ "x-kubernetes-int-or-string": true, maxLength: 32 });

const dnsLabel = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;

/** Name of a Kubernetes object. */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(new RegExp(`^${dnsSubdomain}$`));

const versionPattern = `^v1\\.(${supportedMinors.join("|")})\\.(0|[1-9][0-9]{0,2})(\\+k3s[1-9][0-9]{0,2})?$`;

/** A supported Kubernetes version, v1.N.P or v1.N.P+k3sM. */
export const kubernetesVersion = z
  .string()
  .max(32)
  .meta(
    celRules({
      rule: `self.matches(${celString(versionPattern)})`,
      messageExpression: `'version ' + self + ' is not supported: use v1.N.P (for k3s also v1.N.P+k3sM) of ${supportedVersionsText}'`,
    }),
  );

/** A name or address by which clients reach something: no scheme, no port. */
export const hostOrIp = z
  .string()
  .min(1)
  .max(253)
  .meta(
    celRules({
      rule: `isIP(self) || self.matches(${celString(`^${dnsSubdomain}$`)})`,
      messageExpression: `self + ' is neither an IP address nor a DNS name: write it in lower case, without scheme and port'`,
    }),
  );

/** Where images come from. */
export const images = z.object({
  registry: z
    .string()
    .min(1)
    .max(253)
    .meta({
      description:
        "Registry, optionally with a path, that replaces the registry of every control plane image: registry.example.com/mirror.",
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$')",
        messageExpression:
          "'registry ' + self + ' cannot be used: write host[:port][/path] without a scheme and without a slash at the end'",
      }),
    })
    .optional(),
  pullSecret: objectName
    .meta({
      description:
        "Secret of type kubernetes.io/dockerconfigjson with the credentials of the registry, in the project; for the host's own choice, in inkube-system.",
    })
    .optional(),
});

/** One observation about an object, as everywhere in Kubernetes. */
export const condition = z.object({
  type: z.string().min(1).max(316),
  status: z.enum(["True", "False", "Unknown"]),
  observedGeneration: z.int().min(0).meta({ format: "int64" }).optional(),
  lastTransitionTime: z.iso.datetime({ offset: true }),
  reason: z.string().min(1).max(1024),
  message: z.string().max(32768),
});

/** A list of conditions, one per type. */
export const conditions = z
  .array(condition)
  .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] });
