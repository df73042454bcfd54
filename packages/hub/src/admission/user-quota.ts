import { AppError, names } from "@inkube/api";
import { type Client, resources } from "@inkube/kube";
import { z } from "zod";
import { settingsConfigMap } from "../install/hub-rules.ts";

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

/** The most that each user may have over all projects, as it is set. */
export const userQuota = z.strictObject({ ...fields, separateGroups }).meta({ id: "UserQuota" });

export type UserQuota = z.output<typeof userQuota>;

/** As it is kept: what is left out has its default. Off by default: the first user of a fresh hub must not hit a limit he never set. */
const keptQuota = z.strictObject({
  enabled: fields.enabled.default(false),
  clusters: fields.clusters.default(2),
  cpu: fields.cpu.default(12),
  memoryGiB: fields.memoryGiB.default(16),
  storageGiB: fields.storageGiB.default(20),
  separateGroups,
});

const key = "userQuota";
const ref = { namespace: names.systemNamespace, name: settingsConfigMap };
/** A manager of its own, so that applying this key leaves the others there alone. */
const fieldManager = "inkube-hub-user-quota";

/** The quota of a text; defaults for none. Throws AppError SPEC_INVALID. */
export function parseUserQuota(text: string | undefined): UserQuota {
  const parsed = keptQuota.safeParse(jsonOf(text ?? "{}"));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || key}: ${message}`).join("; ");
  const place = `${key} of ConfigMap ${ref.namespace}/${ref.name}`;
  throw new AppError("SPEC_INVALID", `${place} cannot be used: ${problems}`, {
    todo: "Have an administrator of the hub correct it.",
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The quota that holds now. Throws AppError SPEC_INVALID when somebody wrote nonsense there, and KubeError. */
export async function readUserQuota(client: Client, signal?: AbortSignal): Promise<UserQuota> {
  const found = await client.get(resources.configmaps, ref, signal ? { signal } : {});
  return parseUserQuota((found?.data as Record<string, string> | undefined)?.[key]);
}

export async function writeUserQuota(client: Client, quota: UserQuota, { dryRun }: { dryRun: boolean }): Promise<void> {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: ref, data: { [key]: JSON.stringify(quota) } };
  await client.apply(resources.configmaps, object, { fieldManager, force: true, dryRun });
}
