import { dirname, join } from "node:path";
import { ensureComponents, loadTestImages, status } from "@inkube/embedded";
import { hostName } from "../inkube.ts";
import { Kubectl } from "../kubectl.ts";
import { must } from "../run.ts";

/** An embedded host that is up, with what tests of endpoints need to know of it. */
export interface EndpointHost {
  readonly name: string;
  /** Where this host's directory and those of others lie. */
  readonly stateDir: string;
  readonly kubectl: Kubectl;
  readonly nodeIP: string;
  /** Addresses that load balancers of this host may give out: the machine reaches them and no other host has them. */
  readonly loadBalancerCIDR: string;
  /** Handle of the host's network namespace. */
  readonly netns: string;
}

/** Looks up a host that is up; by default the one of the test run. */
export async function endpointHost(name = hostName, stateDir?: string): Promise<EndpointHost> {
  const found = await status({ name, ...(stateDir === undefined ? {} : { stateDir }) });
  const { kubeconfigPath, nodeIP, loadBalancerCIDR } = found;
  if (kubeconfigPath === undefined || nodeIP === undefined || loadBalancerCIDR === undefined) {
    throw new Error(`Host ${name} is not up`);
  }
  const netns = join(found.stateDir, "run", "netns");
  const kubectl = new Kubectl(kubeconfigPath);
  return { name, stateDir: dirname(found.stateDir), kubectl, nodeIP, loadBalancerCIDR, netns };
}

/** Words before a command that make it run in the host's network. */
export function insideNetwork(host: EndpointHost): string[] {
  return ["nsenter", `--net=${host.netns}`, "--"];
}

/** Runs a command in the host's network; it must succeed. */
export async function runInside(host: EndpointHost, ...command: string[]): Promise<string> {
  const [program = "", ...args] = [...insideNetwork(host), ...command];
  return await must(program, args);
}

const progress = (line: string) => process.stderr.write(`${line}\n`);

/** Path of a component of components.json, which is made if need be. */
export async function component(name: string): Promise<string> {
  return (await ensureComponents({ names: [name], progress })).path(name);
}

/** Makes images of images.json if need be and loads them. */
export async function loadImages(host: EndpointHost, ...names: string[]): Promise<string[]> {
  return await loadTestImages({ name: host.name, stateDir: host.stateDir, names, progress });
}
