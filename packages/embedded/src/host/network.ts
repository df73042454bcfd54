import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "../command.ts";
import { HostError } from "../host-error.ts";
import type { HostLayout } from "./host-layout.ts";
import { mountsBelow } from "./mount-table.ts";

/** Service and pod addresses inside every host; they exist only in its own network namespace. */
export const serviceCIDR = "10.96.0.0/16";
export const podCIDR = "10.244.0.0/16";
export const kubernetesServiceIP = "10.96.0.1";
export const clusterDNSIP = "10.96.0.10";

/** The host's place in 172.31.0.0/16: one /30 for the link between the machine and the namespace, one /28 behind it. */
export interface HostAddresses {
  readonly index: number;
  /** The machine's end. */
  readonly machineIP: string;
  /** The host's end: node IP and API server. */
  readonly nodeIP: string;
  /** Addresses that the machine looks for on this link, so that a load balancer of the host can give them to services. */
  readonly loadBalancerCIDR: string;
  /** Name of the machine's end. */
  readonly link: string;
}

const indexCount = 2048;
const linkSize = 4;
const loadBalancerBase = 128 * 256;
const loadBalancerSize = 16;

/** Addresses of the host with this index (0 … 2047): links lie in 172.31.0.0/19, load balancers in 172.31.128.0/17. */
export function hostAddresses(index: number): HostAddresses {
  const address = (offset: number) => `172.31.${offset >> 8}.${offset & 255}`;
  return {
    index,
    machineIP: address(index * linkSize + 1),
    nodeIP: address(index * linkSize + 2),
    loadBalancerCIDR: `${address(loadBalancerBase + index * loadBalancerSize)}/28`,
    link: `ik${index}`,
  };
}

interface Link {
  ifname: string;
  ifalias?: string;
}

async function links(): Promise<Link[]> {
  const { stdout } = await run(["ip", "-json", "link", "show", "type", "veth"]);
  return stdout.trim() === "" ? [] : (JSON.parse(stdout) as Link[]).filter((link) => link.ifname !== undefined);
}

/** Prefix for commands that must run inside the host's network namespace; /sys and cgroups stay the machine's. */
export function insideNetns(layout: HostLayout): string[] {
  return ["nsenter", `--net=${layout.netnsPath}`, "--"];
}

/** True while the namespace and the link into it exist. */
export async function networkExists(layout: HostLayout): Promise<boolean> {
  if (mountsBelow(layout.netnsPath).length === 0) return false;
  return (await links()).some((link) => link.ifalias === layout.linkAlias);
}

/** True while any host of any state dir has its link on this machine. */
export async function anyHostIsUp(): Promise<boolean> {
  return (await links()).some((link) => link.ifalias?.startsWith("inkube:") ?? false);
}

/**
 * Makes sure of the namespace, the link and everything in it, and gives the addresses back.
 * The link's name holds the index, so creating it claims the index: two `up`s at the same time, even with
 * different state dirs, cannot take the same one. A host keeps its index for as long as it is free.
 */
export async function ensureNetwork(layout: HostLayout, preferred: number | undefined): Promise<HostAddresses> {
  const existing = (await links()).find((link) => link.ifalias === layout.linkAlias);
  if (existing !== undefined) {
    if (mountsBelow(layout.netnsPath).length > 0) {
      const addresses = hostAddresses(Number(existing.ifname.slice(2)));
      await routeLoadBalancers(layout, addresses);
      return addresses;
    }
    await run(["ip", "link", "delete", existing.ifname], { allowFailure: true });
  }
  await createNamespace(layout);
  const addresses = await claimLink(layout, preferred);
  await configureMachineEnd(layout, addresses);
  await configureInside(layout, addresses);
  await routeLoadBalancers(layout, addresses);
  return addresses;
}

async function createNamespace(layout: HostLayout): Promise<void> {
  if (mountsBelow(layout.netnsPath).length > 0) return;
  mkdirSync(dirname(layout.netnsPath), { recursive: true });
  if (!existsSync(layout.netnsPath)) writeFileSync(layout.netnsPath, "");
  await run(["unshare", `--net=${layout.netnsPath}`, "true"]);
}

async function claimLink(layout: HostLayout, preferred: number | undefined): Promise<HostAddresses> {
  // An earlier `up` may have died between making the pair and naming it: its inside end would be in the way.
  await run([...insideNetns(layout), "ip", "link", "delete", "eth0"], { allowFailure: true });
  const taken = new Set((await links()).map((link) => link.ifname));
  const first = preferred === undefined || preferred >= indexCount ? [] : [preferred];
  const candidates = [...first, ...Array(indexCount).keys()];
  for (const index of candidates) {
    const addresses = hostAddresses(index);
    if (taken.has(addresses.link)) continue;
    const made = await run(
      ["ip", "link", "add", addresses.link, "type", "veth", "peer", "name", "eth0", "netns", layout.netnsPath],
      { allowFailure: true },
    );
    if (made.code === 0) return addresses;
    if (!/exists/i.test(made.stderr))
      throw new HostError("commandFailed", `Could not make a link: ${made.stderr.trim()}`);
  }
  throw new HostError("commandFailed", "All addresses of 172.31.0.0/16 are taken by other hosts");
}

async function configureMachineEnd(layout: HostLayout, addresses: HostAddresses): Promise<void> {
  await run(["ip", "link", "set", addresses.link, "alias", layout.linkAlias]);
  await run(["ip", "address", "replace", `${addresses.machineIP}/30`, "dev", addresses.link]);
  await run(["ip", "link", "set", addresses.link, "up"]);
}

async function configureInside(layout: HostLayout, addresses: HostAddresses): Promise<void> {
  const inside = insideNetns(layout);
  const batch = [
    "link set lo up",
    `address replace ${addresses.nodeIP}/30 dev eth0`,
    "link set eth0 up",
    // Without a route the kernel refuses to send to a service address before kube-proxy can rewrite it. Nothing answers
    // on this bridge, so an address that no service has goes nowhere instead of out to the machine.
    "link add services type bridge",
    "link set services up",
    `route replace ${serviceCIDR} dev services src ${addresses.nodeIP}`,
  ];
  await run([...inside, "ip", "-force", "-batch", "-"], { input: `${batch.join("\n")}\n`, allowFailure: true });
  const sysctls = "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true";
  await run([...inside, "sh", "-c", sysctls], { allowFailure: true });
  // Pods answer whom the machine calls, but do not call the machine themselves.
  const rule = ["FORWARD", "-o", "eth0", "-m", "conntrack", "--ctstate", "NEW", "-j", "REJECT"];
  const present = await run([...inside, "iptables", "-w", "-C", ...rule], { allowFailure: true });
  if (present.code !== 0) await run([...inside, "iptables", "-w", "-I", ...rule]);
}

/**
 * Whoever announces one of these addresses inside gets what the machine sends there. Inside, as for service addresses,
 * kube-proxy rewrites before anything is sent; the route only lets the node itself get that far.
 */
async function routeLoadBalancers(layout: HostLayout, addresses: HostAddresses): Promise<void> {
  const { loadBalancerCIDR, link, machineIP, nodeIP } = addresses;
  await run(["ip", "route", "replace", loadBalancerCIDR, "dev", link, "src", machineIP]);
  const inside = ["ip", "route", "replace", loadBalancerCIDR, "dev", "services", "src", nodeIP];
  await run([...insideNetns(layout), ...inside]);
}

/** Takes the link and the namespace away; pods' interfaces and all rules inside go with the namespace. */
export async function removeNetwork(layout: HostLayout): Promise<void> {
  for (const link of await links()) {
    if (link.ifalias === layout.linkAlias) await run(["ip", "link", "delete", link.ifname], { allowFailure: true });
  }
  for (const point of mountsBelow(layout.netnsPath)) await run(["umount", point], { allowFailure: true });
}
