type Labels = Record<string, string>;

interface Family {
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: Map<string, { labels: Labels; value: number; buckets?: number[]; sum?: number }>;
}

/** Upper bounds of the latency histogram, in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Counters, gauges and latency histograms of one process, written out in the Prometheus text format.
 * A family's type is what it was first used as.
 */
export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #collectors = new Set<() => void>();

  /** Adds to a counter. */
  count(name: string, help: string, labels: Labels = {}, by = 1): void {
    this.#sample(name, help, "counter", labels).value += by;
  }

  /** Sets a gauge. */
  set(name: string, help: string, labels: Labels, value: number): void {
    this.#sample(name, help, "gauge", labels).value = value;
  }

  /** Records a duration in a histogram. */
  observe(name: string, help: string, labels: Labels, seconds: number): void {
    const sample = this.#sample(name, help, "histogram", labels);
    sample.buckets ??= bounds.map(() => 0);
    sample.value += 1;
    sample.sum = (sample.sum ?? 0) + seconds;
    for (const [index, bound] of bounds.entries())
      if (seconds <= bound) sample.buckets[index] = (sample.buckets[index] ?? 0) + 1;
  }

  /** Has `collect` set gauges whenever the metrics are read; returns how to end that. */
  onCollect(collect: () => void): () => void {
    this.#collectors.add(collect);
    return () => this.#collectors.delete(collect);
  }

  /** Drops every sample with this label value, for a nested cluster that is not served any more. */
  forget(label: string, value: string): void {
    for (const { samples } of this.#families.values()) {
      for (const [id, sample] of samples) if (sample.labels[label] === value) samples.delete(id);
    }
  }

  /** All families in the Prometheus text format. */
  text(): string {
    for (const collect of this.#collectors) collect();
    const lines: string[] = [];
    for (const [name, family] of this.#families) {
      lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`);
      for (const sample of family.samples.values()) {
        if (family.type !== "histogram") lines.push(`${name}${told(sample.labels)} ${sample.value}`);
        else lines.push(...histogramLines(name, sample));
      }
    }
    return `${lines.join("\n")}\n`;
  }

  #sample(name: string, help: string, type: Family["type"], labels: Labels) {
    const family = this.#families.get(name) ?? { help, type, samples: new Map() };
    this.#families.set(name, family);
    const id = told(labels);
    const sample = family.samples.get(id) ?? { labels, value: 0 };
    family.samples.set(id, sample);
    return sample;
  }
}

function histogramLines(name: string, sample: { labels: Labels; value: number; buckets?: number[]; sum?: number }) {
  const lines = bounds.map((bound, index) => {
    return `${name}_bucket${told({ ...sample.labels, le: String(bound) })} ${sample.buckets?.[index] ?? 0}`;
  });
  lines.push(`${name}_bucket${told({ ...sample.labels, le: "+Inf" })} ${sample.value}`);
  lines.push(
    `${name}_sum${told(sample.labels)} ${sample.sum ?? 0}`,
    `${name}_count${told(sample.labels)} ${sample.value}`,
  );
  return lines;
}

function told(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replace(/[\\"\n]/g, "\\$&")}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
