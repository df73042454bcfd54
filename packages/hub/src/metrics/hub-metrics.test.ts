import { expect, it } from "vitest";
import { createHubMetrics } from "./hub-metrics.ts";

type View = Parameters<typeof createHubMetrics>[0]["view"];

const inPhase = (name: string, phase?: string) => ({ metadata: { name }, ...(phase && { status: { phase } }) });

it("tells of the replica and of the fleet in Prometheus' text format", () => {
  const view = {
    clusters: { list: () => [inPhase("a", "Ready"), inPhase("b", "Ready"), inPhase("c")] },
    hosts: { list: () => [inPhase("edge", "Running")] },
  } as unknown as View;
  const metrics = createHubMetrics({
    view,
    tunnels: { size: 3, openStreams: 7 },
    replicas: { names: () => ["hub-0", "hub-1"] },
  });
  metrics.leading = true;
  for (const status of [200, 204, 404]) metrics.countRequest({ method: "GET", route: "/api/v1/hosts/:name", status });
  metrics.countRequest({ method: "GET", status: 404 });
  const text = metrics.text();
  expect(text.replace(/(process_resident_memory_bytes) \d+/, "$1 N")).toBe(`# TYPE inkube_hub_leader gauge
inkube_hub_leader 1
# TYPE inkube_hub_replicas gauge
inkube_hub_replicas 2
# TYPE inkube_hub_tunnels_open gauge
inkube_hub_tunnels_open 3
# TYPE inkube_hub_tunnel_streams_open gauge
inkube_hub_tunnel_streams_open 7
# TYPE inkube_hub_nested_clusters gauge
inkube_hub_nested_clusters{phase="Ready"} 2
inkube_hub_nested_clusters{phase="Pending"} 1
# TYPE inkube_hub_hosts gauge
inkube_hub_hosts{phase="Running"} 1
# TYPE inkube_hub_requests_total counter
inkube_hub_requests_total{method="GET",route="/api/v1/hosts/:name",status="2xx"} 2
inkube_hub_requests_total{method="GET",route="/api/v1/hosts/:name",status="4xx"} 1
inkube_hub_requests_total{method="GET",route="none",status="4xx"} 1
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes N
`);
});
