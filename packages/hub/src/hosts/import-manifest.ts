import { installManifests } from "@inkube/agent";
import type { HostCluster } from "@inkube/api";
import type { HubSettings } from "../context.ts";
import type { ProxySettings } from "./proxy-schema.ts";

/**
 * What an administrator of the host applies: the agent with just the rights of the access mode, the hub's address and
 * authority, and the token with which the agent registers itself once. JSON documents in one YAML stream.
 */
export async function importManifest(
  { spec }: HostCluster,
  settings: HubSettings,
  token: string,
  proxy: ProxySettings = {},
): Promise<string> {
  const objects = await installManifests({
    image: settings.programImage,
    ...(settings.programPullPolicy && { imagePullPolicy: settings.programPullPolicy }),
    access: spec.access,
    defaultDistro: spec.defaultDistro,
    defaultVersion: spec.defaultVersion,
    hub: { url: settings.url, token, ...(settings.ca && { ca: settings.ca }), proxy },
  });
  return objects.map((object) => `---\n${JSON.stringify(object)}\n`).join("");
}
