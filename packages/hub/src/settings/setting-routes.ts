import { AppError, group } from "@inkube/api";
import type { z } from "zod";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { settingsResource } from "../install/roles.ts";
import { callerOf, errorAnswers } from "../routes/route-context.ts";
import { writeQuery } from "../routes/schemas.ts";
import type { HubServer } from "../server/server.ts";
import type { Setting } from "./setting.ts";

/** A setting and how it is served. */
export interface SettingRoutes<T extends object> {
  setting: Setting<T>;
  schema: z.ZodType<T>;
  /** In the path, and as roles name it. */
  name: string;
  /** As the audit log names it. */
  kind: string;
  /** What it is, in the middle of a sentence. */
  title: string;
  /** For whom and from when it holds. */
  description: string;
}

/** A setting of the hub is got and put as a whole, by whoever has the right on it. */
export function registerSetting<T extends object>(
  server: HubServer,
  context: HubContext,
  routes: SettingRoutes<T>,
): void {
  const { setting, schema, name, kind, title, description }: SettingRoutes<object> = routes;
  const { client } = context;
  const url = `/api/v1/settings/${name}`;
  server.route({
    method: "GET",
    url,
    schema: { tags: ["settings"], summary: `Get ${title}`, response: { 200: schema, ...errorAnswers } },
    handler: async (request) => {
      await mustBeAllowed(context, callerOf(request), "get", name);
      return setting.read(client);
    },
  });
  server.route({
    method: "PUT",
    url,
    schema: {
      tags: ["settings"],
      summary: `Set ${title}`,
      description,
      querystring: writeQuery,
      body: schema,
      response: { 200: schema, ...errorAnswers },
    },
    config: { audit: { action: "update", kind } },
    handler: async (request) => {
      await mustBeAllowed(context, callerOf(request), "update", name);
      await setting.write(client, request.body, request.query);
      return request.body;
    },
  });
}

async function mustBeAllowed(
  { access }: HubContext,
  caller: Principal,
  verb: "get" | "update",
  name: string,
): Promise<void> {
  if (await access.may(caller, { verb, group, resource: settingsResource, name })) return;
  throw new AppError("KUBE_FORBIDDEN", `You may not ${verb} settings of the hub`, {
    todo: "Ask an administrator of the hub.",
  });
}
