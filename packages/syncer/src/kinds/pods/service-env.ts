import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "../kind.ts";
import { record, records, text } from "../untyped.ts";

export interface Variable {
  name: string;
  value: string;
}

interface LinkedService {
  name: string;
  clusterIP: string;
  ports: { name: string; port: string; protocol: string }[];
}

const variableName = (name: string) => name.toUpperCase().replaceAll("-", "_");

function linked(service: KubeObject): LinkedService {
  const spec = record(service.spec);
  const ports = records(spec.ports).map((port) => ({
    name: text(port.name),
    port: String(port.port ?? ""),
    protocol: text(port.protocol) || "TCP",
  }));
  return { name: service.metadata.name, clusterIP: text(spec.clusterIP), ports };
}

function variablesOf({ name, clusterIP, ports }: LinkedService): Variable[] {
  const prefix = variableName(name);
  const [first] = ports;
  if (first === undefined) return [];
  const host = clusterIP.includes(":") ? `[${clusterIP}]` : clusterIP;
  const url = (port: LinkedService["ports"][number]) => `${port.protocol.toLowerCase()}://${host}:${port.port}`;
  const named = ports.filter((port) => port.name !== "");
  return [
    { name: `${prefix}_SERVICE_HOST`, value: clusterIP },
    { name: `${prefix}_SERVICE_PORT`, value: first.port },
    ...named.map((port) => ({ name: `${prefix}_SERVICE_PORT_${variableName(port.name)}`, value: port.port })),
    { name: `${prefix}_PORT`, value: url(first) },
    ...ports.flatMap((port) => {
      const link = `${prefix}_PORT_${port.port}_${port.protocol.toUpperCase()}`;
      return [
        { name: link, value: url(port) },
        { name: `${link}_PROTO`, value: port.protocol.toLowerCase() },
        { name: `${link}_PORT`, value: port.port },
        { name: `${link}_ADDR`, value: clusterIP },
      ];
    }),
  ];
}

/**
 * The variables that a kubelet of the nested cluster would add to every container of a namespace: those of `default/kubernetes`
 * always (the host's kubelet would add its own cluster's otherwise), those of the namespace's Services when `links` is set.
 * Each name once, sorted by Service.
 */
export function serviceEnv(namespace: string, links: boolean, context: KindContext): Variable[] {
  const api = {
    name: "kubernetes",
    clusterIP: context.apiServerIP,
    ports: [{ name: "https", port: "443", protocol: "TCP" }],
  };
  const services = new Map<string, LinkedService>([[api.name, api]]);
  for (const service of links ? context.nestedList("services", namespace) : []) {
    const link = linked(service);
    const isApi = namespace === "default" && link.name === api.name;
    if (isApi || link.clusterIP === "" || link.clusterIP === "None") continue;
    services.set(link.name, link);
  }
  const sorted = [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const variables = new Map(sorted.flatMap(variablesOf).map((variable) => [variable.name, variable]));
  return [...variables.values()];
}
