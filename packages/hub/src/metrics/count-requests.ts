import type { HubServer } from "../server/server.ts";
import type { HubMetrics } from "./hub-metrics.ts";

/** Counts every request that is answered, streams when they end. To be called before routes are registered. */
export function countRequests(server: HubServer, metrics: HubMetrics): void {
  server.addHook("onResponse", async ({ method, routeOptions }, { raw }) => {
    const { url: route } = routeOptions;
    metrics.countRequest({ method, ...(route !== undefined && { route }), status: raw.statusCode });
  });
}
