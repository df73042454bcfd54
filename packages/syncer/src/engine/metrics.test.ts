import { describe, expect, it } from "vitest";
import { Metrics } from "./metrics.ts";

describe("metrics", () => {
  it("are written as Prometheus reads them", () => {
    const metrics = new Metrics();
    metrics.count("writes_total", "Writes", { kind: "pods" });
    metrics.count("writes_total", "Writes", { kind: "pods" }, 2);
    metrics.onCollect(() => metrics.set("depth", "Depth", { cluster: 'a"b' }, 4));
    const lines = metrics.text().split("\n");
    expect(lines).toContain("# TYPE writes_total counter");
    expect(lines).toContain('writes_total{kind="pods"} 3');
    expect(lines).toContain('depth{cluster="a\\"b"} 4');
  });

  it("count a duration in every bucket that it fits", () => {
    const metrics = new Metrics();
    for (const seconds of [0.004, 0.2, 60]) metrics.observe("lag", "Lag", {}, seconds);
    const lines = metrics.text().split("\n");
    expect(lines).toContain('lag_bucket{le="0.005"} 1');
    expect(lines).toContain('lag_bucket{le="0.25"} 2');
    expect(lines).toContain('lag_bucket{le="+Inf"} 3');
    expect(lines).toContain("lag_count 3");
  });

  it("forget a cluster that is gone", () => {
    const metrics = new Metrics();
    metrics.set("depth", "Depth", { cluster: "a" }, 1);
    metrics.set("depth", "Depth", { cluster: "b" }, 1);
    metrics.forget("cluster", "a");
    expect(metrics.text()).not.toContain('cluster="a"');
    expect(metrics.text()).toContain('cluster="b"');
  });
});
