import { clusterGroupSchema, hostClusterSchema, nestedClusterSchema } from "@inkube/api/schemas";
import { z } from "zod";

const shapes = {
  NestedCluster: nestedClusterSchema,
  HostCluster: hostClusterSchema,
  ClusterGroup: clusterGroupSchema,
} as const;

export type ObjectKind = keyof typeof shapes;

/**
 * An object of ours in a body or an answer. Described in full, but judged by the Kubernetes API alone, so that it is refused
 * with the same words however it comes: by HTTP, CLI or kubectl.
 */
export function objectSchema(kind: ObjectKind, direction: "input" | "output") {
  const { $schema: _, ...json } = z.toJSONSchema(shapes[kind], { io: direction, unrepresentable: "any" });
  const title = titleOf(kind, direction);
  const described = { ...json, title, required: ["metadata", ...(direction === "output" ? ["spec"] : [])] };
  return z.record(z.string(), z.unknown()).meta(described as Record<string, unknown>);
}

function titleOf(kind: ObjectKind, direction: "input" | "output"): string {
  return direction === "input" ? `${kind}Input` : kind;
}

/** Titles of what {@link objectSchema} describes; each always describes the same. */
export const objectTitles: readonly string[] = (Object.keys(shapes) as ObjectKind[]).flatMap((kind) => [
  titleOf(kind, "input"),
  titleOf(kind, "output"),
]);

/** A merge patch (RFC 7386) of an object of ours. */
export const mergePatch = z
  .record(z.string(), z.unknown())
  .describe("Members to change, as in a JSON merge patch: null removes one.");

/** Name of an object in a path. */
export const pathName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

/** What every list can be asked for. */
export const listQuery = z.object({
  name: z.string().max(253).optional().describe("Only objects whose name contains this."),
  label: z.string().max(1024).optional().describe("Only objects with these labels: key=value, key!=value, key, !key."),
  limit: z.coerce.number().int().min(1).max(500).default(50).describe("Objects a page."),
  continue: z.string().max(2048).optional().describe("From the page before."),
  order: z.enum(["asc", "desc"]).default("asc"),
});

/** A parameter that is off unless it is `true`. */
export const switchedOn = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/** What every write can be asked for. */
export const writeQuery = z.object({
  dryRun: switchedOn.describe("Only check: nothing is changed, and what would be refused is refused."),
});

/** A page of objects. */
export function listAnswer(item: z.ZodType) {
  return z.object({
    items: z.array(item),
    continue: z.string().optional().describe("Present when there is more."),
    total: z.number().int().describe("How many fit the filter."),
  });
}

/** An answer that says nothing but that it was done. */
export const nothing = z.null().describe("Done.");
