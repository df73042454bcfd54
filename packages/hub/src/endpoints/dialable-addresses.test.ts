import { describe, expect, it } from "vitest";
import { isDialable } from "./dialable-addresses.ts";

describe("isDialable", () => {
  it.each(["203.0.113.7", "10.1.2.3", "192.168.0.10", "172.16.0.1", "100.64.0.1", "2001:db8::7", "fd12:3456::1"])(
    "lets %s be dialled",
    (address) => expect(isDialable(address)).toBe(true),
  );

  const refused: [string, string[]][] = [
    ["loopback", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1"]],
    ["loopback as IPv6", ["::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::"]],
    ["unspecified", ["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "64:ff9b::"]],
    ["link-local", ["169.254.10.1", "fe80::1", "febf::1", "::ffff:169.254.1.1", "fec0::1"]],
    ["multicast and broadcast", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "::ffff:224.0.0.1"]],
    ["metadata", ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"]],
    ["metadata as IPv6", ["::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254", "fd00:ec2::254", "fd20:ce::254"]],
    ["no address", ["", "localhost", "127.1", "fe80::1%eth0x%", "10.0.0.1/8", "1.2.3.4:443"]],
  ];
  it.each(refused)("refuses %s", (_what, addresses) => {
    for (const address of addresses) expect(isDialable(address), address).toBe(false);
  });

  it("lets a test have loopback, and nothing else of these", () => {
    expect(isDialable("127.0.0.1", { allowLoopback: true })).toBe(true);
    expect(isDialable("169.254.169.254", { allowLoopback: true })).toBe(false);
  });
});
