import { type PodPairs, pairsByHostName } from "./summary.ts";

/**
 * A kubelet's metrics in the text format with only the series of the given pods, under their nested names, and of the node as a
 * whole. Series of anything else on the node (other pods, system services, the machine's identity) are left out.
 */
export function nestedMetrics(text: string, pairs: PodPairs): string {
  const byHostName = pairsByHostName(pairs);
  const lines = text.split("\n").flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [line];
    const labels = readLabels(line);
    if (!labels) return line.startsWith("machine_") || line.includes("{") ? [] : [line];
    const pod = labels.get("pod") ?? "";
    if (pod === "") return isWholeNode(line, labels) ? [line] : [];
    const pair = byHostName.get(`${labels.get("namespace") ?? ""}/${pod}`);
    if (!pair) return [];
    labels.set("pod", pair.nested.metadata.name);
    labels.set("namespace", pair.nested.metadata.namespace ?? "");
    return [withLabels(line, labels)];
  });
  return lines.join("\n");
}

/** Control groups other than the root are the host's services; `machine_` series carry its identity. */
function isWholeNode(line: string, labels: Map<string, string>): boolean {
  if (line.startsWith("machine_") || line.startsWith("cadvisor_")) return false;
  return labels.has("id") ? labels.get("id") === "/" : true;
}

/** Values stay escaped as they are: names of pods and namespaces hold nothing to escape. */
function readLabels(line: string): Map<string, string> | undefined {
  const start = line.indexOf("{");
  if (start < 0) return undefined;
  const pattern = /\s*([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(,|\})/y;
  pattern.lastIndex = start + 1;
  const labels = new Map<string, string>();
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    labels.set(match[1] ?? "", match[2] ?? "");
    if (match[3] === "}") return labels;
  }
  return undefined;
}

function withLabels(line: string, labels: Map<string, string>): string {
  const name = line.slice(0, line.indexOf("{"));
  const rest = line.slice(line.lastIndexOf("}") + 1);
  return `${name}{${[...labels].map(([label, value]) => `${label}="${value}"`).join(",")}}${rest}`;
}
