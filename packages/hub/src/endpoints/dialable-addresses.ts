import { BlockList, isIP } from "node:net";

type Range = [network: string, prefix: number];

const loopback: readonly Range[] = [["127.0.0.0", 8]];

/** Where nobody outside is reached, and where clouds tell their machines secrets. */
const reserved: readonly Range[] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["192.0.0.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
];

const reserved6: readonly Range[] = [
  ["::", 128],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
  ["fd00:ec2::23", 128],
  ["fd20:ce::254", 128],
  // Tunnels that hold an IPv4 address of anybody's choice.
  ["2002::", 16],
  ["2001::", 32],
];

/** Prefixes under which an IPv4 address is written as IPv6: mapped, compatible, and translated by NAT64. */
const embedding = ["::ffff:", "::", "64:ff9b::"];

const outside = blockList(reserved, reserved6);
const own = blockList(loopback, [["::1", 128]]);

/**
 * Whether the hub may dial an address that a host has named: no loopback (unless allowed), unspecified, link-local, multicast or
 * reserved one, and none of a cloud's metadata, however it is written. Private ones are dialled: there is where most hosts are.
 */
export function isDialable(address: string, { allowLoopback = false } = {}): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 6 ? "ipv6" : "ipv4";
  if (own.check(address, type)) return allowLoopback;
  return !outside.check(address, type);
}

function blockList(ranges: readonly Range[], ranges6: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) {
    list.addSubnet(network, prefix, "ipv4");
    for (const before of embedding) list.addSubnet(`${before}${network}`, 96 + prefix, "ipv6");
  }
  for (const [network, prefix] of ranges6) list.addSubnet(network, prefix, "ipv6");
  return list;
}
