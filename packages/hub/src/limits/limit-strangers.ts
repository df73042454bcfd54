import type { Clock } from "@inkube/kube";
import type { HubServer } from "../server/server.ts";
import { callerAddress } from "./caller-address.ts";
import { createRateLimit } from "./rate-limit.ts";

/**
 * Limits what is answered without a credential, by address: signing in, one-time tokens, the description of the API. Generous,
 * because many people may share one address; nothing that is secret can be guessed at that rate or at any other.
 */
export function limitStrangers(server: HubServer, clock: Clock): void {
  const limit = createRateLimit({ clock, burst: 400, perSecond: 20, tooMany: "Too many requests from this address" });
  server.addHook("onRequest", async (request) => limit.take(callerAddress(request.ip)));
}
