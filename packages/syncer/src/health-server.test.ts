import { describe, expect, it } from "vitest";
import { Metrics } from "./engine/metrics.ts";
import { startHealthServer } from "./health-server.ts";

describe("the health server", () => {
  it("says that the process lives while it is not ready, so that nobody kills it for waiting", async () => {
    let ready = false;
    const metrics = new Metrics();
    metrics.count("things_total", "Things", {});
    const server = await startHealthServer({ host: "127.0.0.1", port: 0, metrics, ready: () => ready });
    const ask = (path: string, method = "GET") => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    try {
      expect((await ask("/healthz")).status).toBe(200);
      expect((await ask("/readyz")).status).toBe(503);
      ready = true;
      expect((await ask("/readyz")).status).toBe(200);
      expect(await (await ask("/metrics")).text()).toContain("things_total");
      expect((await ask("/healthz", "POST")).status).toBe(405);
      expect((await ask("/other")).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});
