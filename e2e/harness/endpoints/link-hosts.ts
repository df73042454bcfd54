import { run } from "../run.ts";
import { type EndpointHost, insideNetwork, runInside } from "./endpoint-host.ts";

export interface LinkOptions {
  from: EndpointHost;
  to: EndpointHost;
  /** The only address of `to` that can be called: of its node (the default), or of one of its load balancers. */
  address?: string;
  /** The only TCP port there that can be called. */
  port: number;
}

export interface HostLink extends AsyncDisposable {
  /** From now on every packet between the two is lost without a word. Connections do not notice by themselves. */
  cut(): Promise<void>;
  /** Packets pass again; connections that have waited go on. */
  restore(): Promise<void>;
}

let links = 0;

/**
 * Lets the node and the pods of one host call one TCP port of another at its real address, and nothing else; nothing is
 * let through the other way. Hosts do not reach each other at all otherwise. The link joins the two network
 * namespaces directly, so no packet passes the machine, and it goes with either host. Undone when disposed.
 */
export async function linkHosts(options: LinkOptions): Promise<HostLink> {
  const { from, to, port, address = to.nodeIP } = options;
  const number = links++;
  const link = `link${number}`;
  const [far, near] = [1, 2].map((place) => `172.31.${64 + (number >> 6)}.${(number & 63) * 4 + place}`);
  const remove = () => removeLink(options, link);
  // An earlier test run that was killed may have left one of the same name.
  await remove();
  await runInside(from, "ip", "link", "add", link, "type", "veth", "peer", "name", link, "netns", to.netns);
  for (const [host, own] of [
    [from, near],
    [to, far],
  ] as const) {
    await runInside(host, "ip", "address", "add", `${own}/30`, "dev", link);
    await runInside(host, "ip", "link", "set", link, "up");
  }
  await runInside(from, "ip", "route", "add", `${address}/32`, "via", String(far), "dev", link);
  for (const rule of outgoing(link)) await runInside(from, "iptables", "-w", "-A", ...rule);
  for (const rule of incoming(link, address, port)) await runInside(to, "iptables", "-w", "-A", ...rule);
  const change = async (action: "-I" | "-D") => {
    const lost = ["PREROUTING", "-t", "raw", "-i", link, "-j", "DROP"];
    for (const host of [from, to]) await runInside(host, "iptables", "-w", action, ...lost);
  };
  return { cut: () => change("-I"), restore: () => change("-D"), [Symbol.asyncDispose]: remove };
}

/** Pods' addresses mean nothing on the other side, where others have the same; only answers may come back. */
function outgoing(link: string): string[][] {
  const tracked = ["-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED"];
  return [
    ["POSTROUTING", "-t", "nat", "-o", link, "-j", "MASQUERADE"],
    ["PREROUTING", "-t", "mangle", "-i", link, ...tracked, "-j", "DROP"],
  ];
}

/** In this table packets still have the address that was called, before it is rewritten to that of a pod. */
function incoming(link: string, address: string, port: number): string[][] {
  const called = ["-p", "tcp", "-d", address, "--dport", String(port)];
  return [
    ["PREROUTING", "-t", "mangle", "-i", link, ...called, "-j", "ACCEPT"],
    ["PREROUTING", "-t", "mangle", "-i", link, "-j", "DROP"],
  ];
}

/** Works whatever is left of the link: a host that went took its end and its rules along. */
async function removeLink({ from, to }: LinkOptions, link: string): Promise<void> {
  for (const host of [from, to]) {
    const [program = "", ...inside] = insideNetwork(host);
    await run(program, [...inside, "ip", "link", "delete", link]);
    for (const table of ["raw", "mangle", "nat"]) {
      const iptables = [...inside, "iptables", "-w", "-t", table];
      const { stdout } = await run(program, [...iptables, "-S"]);
      const rules = stdout.split("\n").map((line) => line.split(" "));
      for (const [, ...words] of rules.filter((rule) => rule.includes(link))) {
        await run(program, [...iptables, "-D", ...words]);
      }
    }
  }
}
