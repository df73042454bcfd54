import { describe, expect, it } from "vitest";
import { createColors } from "../output/colors.ts";
import type { UsageFact } from "./cluster-facts.ts";
import { usageLines } from "./usage-lines.ts";

const fact = (resource: string, used: string, limit: string): UsageFact => ({ resource, used, limit });
const usage = [
  fact("pods", "7", "100"),
  fact("requests.cpu", "1900m", "2"),
  fact("requests.memory", "512Mi", "4Gi"),
  fact("configmaps", "12", "2000"),
  fact("services.nodeports", "52", "64"),
  fact("services.loadbalancers", "0", "0"),
  fact("requests.storage", "1Gi", "11Gi"),
];
const plain = createColors(false);

describe("what describe says of quotas", () => {
  it("is the size in its usual order, and what is nearly used up", () => {
    expect(usageLines(usage, { all: false, colors: plain })).toEqual([
      "RESOURCE             USED    HARD",
      "cpu                  1900m   2",
      "memory               512Mi   4Gi",
      "storage              1Gi     11Gi",
      "pods                 7       100",
      "services.nodeports   52      64",
      "2 more with -o wide",
    ]);
  });

  it("is everything when all is wanted", () => {
    const resources = usageLines(usage, { all: true, colors: plain }).map((text) => text.split(" ")[0]);
    const rest = ["configmaps", "services.loadbalancers", "services.nodeports"];
    expect(resources).toEqual(["RESOURCE", "cpu", "memory", "storage", "pods", ...rest]);
  });

  it("marks what is nearly used up, and nothing else", () => {
    const colors = createColors(true);
    const [yellow = ""] = colors.yellow("|").split("|");
    const marked = usageLines(usage, { all: true, colors }).filter((text) => text.includes(yellow));
    expect(marked.map((text) => text.split(" ")[0])).toEqual(["cpu", "services.nodeports"]);
  });

  it("is nothing without quotas, and has no header without rows", () => {
    expect(usageLines([], { all: false, colors: plain })).toEqual([]);
    expect(usageLines([fact("secrets", "1", "9")], { all: false, colors: plain })).toEqual(["1 more with -o wide"]);
  });
});
