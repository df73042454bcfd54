import { z } from "zod";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { createSetting } from "./setting.ts";
import { registerSetting } from "./setting-routes.ts";

const perUser = z.int().min(1).max(1000).describe("API keys of one user that are neither expired nor revoked.");

/** How many API keys people may have, as it is set. */
const keyLimit = z.strictObject({ perUser }).meta({ id: "APIKeyLimit" });

export const keyLimitSetting = createSetting(
  "apiKeys",
  z.strictObject({ perUser: perUser.default(20) }),
  "inkube-hub-api-keys",
);

/** How many API keys each user may have. */
export function keyLimitRoutes(server: HubServer, context: HubContext): void {
  registerSetting(server, context, {
    setting: keyLimitSetting,
    schema: keyLimit,
    name: "api-keys",
    kind: "APIKeyLimit",
    title: "how many API keys each user may have",
    description: "It holds for everybody and for what is made from now on: keys that are there stay.",
  });
}
