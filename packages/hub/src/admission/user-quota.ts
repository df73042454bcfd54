import { z } from "zod";
import { createSetting } from "../settings/setting.ts";

const whole = (least: number, most: number) => z.int().min(least).max(most);

const fields = {
  enabled: z.boolean().describe("Whether anybody is limited."),
  clusters: whole(1, 1000).describe("Nested clusters of one user."),
  cpu: whole(4, 1000).describe("CPU cores of all of them together."),
  memoryGiB: whole(4, 1000),
  storageGiB: whole(2, 100_000),
} as const;

const separateGroups = z
  .array(z.string().min(1).max(253))
  .max(100)
  .default([])
  .describe("Cluster groups whose nested clusters count on a second budget, as large as the first.");

const hideSeparateGroups = z
  .boolean()
  .default(false)
  .describe("Whether groups with the second budget are not there for anybody but administrators.");

/** The most that each user may have over all projects, as it is set. */
export const userQuota = z.strictObject({ ...fields, separateGroups, hideSeparateGroups }).meta({ id: "UserQuota" });

export type UserQuota = z.output<typeof userQuota>;

/** As it is kept: what is left out has its default. Off by default: the first user of a fresh hub must not hit a limit he never set. */
const keptQuota = z.strictObject({
  enabled: fields.enabled.default(false),
  clusters: fields.clusters.default(2),
  cpu: fields.cpu.default(12),
  memoryGiB: fields.memoryGiB.default(16),
  storageGiB: fields.storageGiB.default(20),
  separateGroups,
  hideSeparateGroups,
});

export const userQuotaSetting = createSetting("userQuota", keptQuota, "inkube-hub-user-quota");
