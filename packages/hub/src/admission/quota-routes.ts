import type { NestedCluster } from "@inkube/api";
import { z } from "zod";
import type { HubContext } from "../context.ts";
import { callerOf, errorAnswers } from "../routes/route-context.ts";
import type { HubServer } from "../server/server.ts";
import { registerSetting } from "../settings/setting-routes.ts";
import { isExempt } from "./cluster-rules.ts";
import { allowedBy, isSeparate, type Usage, usageOf } from "./quota-rule.ts";
import { type UserQuota, userQuota, userQuotaSetting } from "./user-quota.ts";

const figure = z.object({ used: z.number(), allowed: z.number(), free: z.number() });
const budget = z
  .object({ clusters: figure, cpu: figure, memory: figure, storage: figure })
  .describe("CPU in cores, memory and storage in bytes.")
  .meta({ id: "Budget" });

/** The quota of each user, and what the caller has of it. */
export function quotaRoutes(server: HubServer, context: HubContext): void {
  registerSetting(server, context, {
    setting: userQuotaSetting,
    schema: userQuota,
    name: "user-quota",
    kind: "UserQuota",
    title: "the quota of each user",
    description: "It holds for what is created or grows from now on, and for everybody but administrators.",
  });
  registerUsage(server, context);
}

function registerUsage(server: HubServer, { client, view }: HubContext): void {
  server.route({
    method: "GET",
    url: "/api/v1/me/usage",
    schema: {
      tags: ["access"],
      summary: "What the caller's nested clusters take of his quota",
      response: {
        200: z.object({
          limited: z.boolean().describe("Whether the quota holds for the caller."),
          budget,
          separate: budget.optional().describe("The second budget, of nested clusters in groups that have their own."),
        }),
        ...errorAnswers,
      },
    },
    handler: async (request) => {
      const { user, groups } = callerOf(request);
      const quota = await userQuotaSetting.read(client);
      const clusters = [...view.clusters.list()] as unknown as NestedCluster[];
      const of = (separate: boolean) =>
        figures(
          usageOf(clusters, user, (cluster) => isSeparate(cluster, quota) === separate),
          quota,
        );
      const separate = quota.separateGroups.length > 0 && { separate: of(true) };
      return { limited: quota.enabled && !isExempt(groups), budget: of(false), ...separate };
    },
  });
}

function figures(usage: Usage, quota: UserQuota): z.output<typeof budget> {
  const allowed = allowedBy(quota);
  const of = (part: keyof Usage) => ({
    used: usage[part],
    allowed: allowed[part],
    free: Math.max(0, allowed[part] - usage[part]),
  });
  return { clusters: of("clusters"), cpu: of("cpu"), memory: of("memory"), storage: of("storage") };
}
