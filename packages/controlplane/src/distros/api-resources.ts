import { parseQuantity } from "@inkube/kube";
import type { DistroInput } from "./distro.ts";

interface Amounts {
  cpu?: string;
  memory?: string;
}

/** As in a container's `resources`. */
export interface Resources {
  requests: Amounts;
  limits: Amounts;
}

/**
 * What the container that serves the API asks for, and the environment by which its Go runtime keeps below the limit. A limit
 * below the ordinary request lowers the request, and a request above the ordinary limit raises the limit.
 */
export function apiResources({ advanced }: DistroInput, usual: Resources) {
  const given = advanced?.controlPlane?.resources;
  const requests = { ...usual.requests, ...texts(given?.requests) };
  const limits = { ...usual.limits, ...texts(given?.limits) };
  for (const resource of ["cpu", "memory"] as const) {
    const [asked, most] = [requests[resource], limits[resource]];
    if (asked === undefined || most === undefined || parseQuantity(asked) <= parseQuantity(most)) continue;
    if (given?.requests?.[resource] === undefined) requests[resource] = most;
    else limits[resource] = asked;
  }
  const mebibytes = Math.floor((parseQuantity(limits.memory ?? "2Gi") / 2 ** 20) * memoryShare);
  return { resources: { requests, limits }, goMemoryLimit: { name: "GOMEMLIMIT", value: `${mebibytes}MiB` } };
}

/** The rest is for what the runtime does not count. */
const memoryShare = 1800 / 2048;

function texts(amounts: { cpu?: string | number | undefined; memory?: string | number | undefined } = {}): Amounts {
  const given = Object.entries(amounts).filter(([, amount]) => amount !== undefined);
  return Object.fromEntries(given.map(([resource, amount]) => [resource, String(amount)]));
}
