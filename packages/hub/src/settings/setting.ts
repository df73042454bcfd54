import { AppError, names } from "@inkube/api";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { z } from "zod";
import { settingsConfigMap } from "../install/hub-rules.ts";

/** One thing that administrators set for the whole hub, kept as JSON under a key of its own. */
export interface Setting<T> {
  /** What a text says; defaults for none. Throws AppError SPEC_INVALID. */
  parse(text: string | undefined): T;
  /** What the ConfigMap of the settings says; defaults for none. Throws AppError SPEC_INVALID. */
  of(settings: KubeObject | undefined): T;
  /** What holds now. Throws AppError SPEC_INVALID when somebody wrote nonsense there, and KubeError. */
  read(client: Client, signal?: AbortSignal): Promise<T>;
  write(client: Client, value: T, options: { dryRun: boolean }): Promise<void>;
}

const ref = { namespace: names.systemNamespace, name: settingsConfigMap };

/** `kept` has a default for everything. The field manager is its own, so that applying one key leaves the others there alone. */
export function createSetting<T>(key: string, kept: z.ZodType<T>, fieldManager: string): Setting<T> {
  const parse = (text: string | undefined): T => {
    const parsed = kept.safeParse(jsonOf(text ?? "{}"));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || key}: ${message}`).join("; ");
    const place = `${key} of ConfigMap ${ref.namespace}/${ref.name}`;
    throw new AppError("SPEC_INVALID", `${place} cannot be used: ${problems}`, {
      todo: "Have an administrator of the hub correct it.",
    });
  };
  const of = (settings: KubeObject | undefined): T =>
    parse((settings?.data as Record<string, string> | undefined)?.[key]);
  return {
    parse,
    of,
    async read(client, signal) {
      return of(await client.get(resources.configmaps, ref, signal ? { signal } : {}));
    },
    async write(client, value, { dryRun }) {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: ref, data: { [key]: JSON.stringify(value) } };
      await client.apply(resources.configmaps, object, { fieldManager, force: true, dryRun });
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
