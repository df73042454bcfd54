import { z } from "zod";
import { type CelRule, celRules, quantityRules } from "./cel.ts";
import { quantity } from "./common.ts";

/** A rule about a property that may be left out. */
function whenGiven(property: string, rules: CelRule[]): CelRule[] {
  return rules.map((one) => ({ ...one, rule: `!has(self.${property}) || (${one.rule})` }));
}

function amounts(what: string, least: { cpu: string; memory: string }) {
  return z
    .object({
      cpu: quantity.optional().describe(`CPU, ${what}. At least ${least.cpu}.`),
      memory: quantity.optional().describe(`Memory, ${what}. At least ${least.memory}.`),
    })
    .meta(
      celRules(
        ...whenGiven("cpu", quantityRules("cpu", least.cpu)),
        ...whenGiven("memory", quantityRules("memory", least.memory)),
      ),
    );
}

const withinLimits = (["cpu", "memory"] as const).map((resource): CelRule => {
  const [request, limit] = [`self.requests.${resource}`, `self.limits.${resource}`];
  const given = `has(self.requests) && has(${request}) && has(self.limits) && has(${limit})`;
  const [asked, most] = [`string(${request})`, `string(${limit})`];
  return {
    rule: `!(${given}) || !isQuantity(${asked}) || !isQuantity(${most}) || quantity(${asked}).compareTo(quantity(${most})) <= 0`,
    messageExpression: `'request ${resource} ' + ${asked} + ' is above the limit ' + ${most} + ': lower the request, or raise limits.${resource}'`,
    fieldPath: ".requests",
  };
});

const resources = z
  .object({
    requests: amounts("that is kept free", { cpu: "10m", memory: "64Mi" }).optional(),
    limits: amounts("at most", { cpu: "100m", memory: "256Mi" }).optional(),
  })
  .meta(celRules(...withinLimits));

/** How control planes are made, where the ordinary way does not fit. What is absent is as it is ordinarily. */
export const advancedValues = z.object({
  openshift: z
    .boolean()
    .optional()
    .describe("Leaves user and group IDs of the control plane to the host, as OpenShift gives each namespace its own."),
  resourceQuota: z
    .boolean()
    .optional()
    .describe("False: the host namespace gets no ResourceQuota, so nothing holds a nested cluster to its size."),
  podSecurity: z
    .enum(["privileged", "baseline", "restricted"])
    .optional()
    .describe("Pod Security level that the host enforces, whatever the nested cluster itself asks for."),
  controlPlane: z
    .object({ resources: resources.optional().describe("Of the container that serves the API.") })
    .optional(),
});
