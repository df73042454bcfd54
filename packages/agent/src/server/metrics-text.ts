import type { Controller } from "@inkube/kube";

/** The controllers' counters in Prometheus' text format; names follow controller-runtime's where there is one. */
export function metricsText(controllers: Readonly<Record<string, Controller>>): string {
  const series = new Map<string, string[]>();
  const add = (name: string, labels: string, value: number): void => {
    series.set(name, [...(series.get(name) ?? []), `${name}{${labels}} ${value}`]);
  };
  for (const [name, { metrics }] of Object.entries(controllers)) {
    const controller = `controller="${name}"`;
    add("workqueue_depth", controller, metrics.queue.depth);
    add("workqueue_retries_total", controller, metrics.queue.retries);
    for (const result of ["done", "after", "failed"] as const) {
      add("controller_reconcile_total", `${controller},result="${result}"`, metrics[result]);
    }
    add("controller_reconcile_seconds_total", controller, metrics.busyMs / 1000);
  }
  add("process_resident_memory_bytes", "", process.memoryUsage.rss());
  return [...series]
    .flatMap(([name, lines]) => [`# TYPE ${name} ${name.endsWith("_total") ? "counter" : "gauge"}`, ...lines])
    .concat("")
    .join("\n");
}
