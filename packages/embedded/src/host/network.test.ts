import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostAddresses } from "./network.ts";

const index = fc.integer({ min: 0, max: 2047 });
const asNumber = (ip: string) => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

describe("the addresses of a host", () => {
  it("are the two usable ones of its own /30 in 172.31.0.0/16", () => {
    fc.assert(
      fc.property(index, (i) => {
        const { machineIP, nodeIP, link } = hostAddresses(i);
        expect(machineIP).toMatch(/^172\.31\.\d{1,3}\.\d{1,3}$/);
        expect(asNumber(machineIP) % 4).toBe(1);
        expect(asNumber(nodeIP)).toBe(asNumber(machineIP) + 1);
        expect(link.length).toBeLessThan(16);
      }),
    );
  });

  it("are, for load balancers, sixteen that begin where a /28 does, away from all links", () => {
    fc.assert(
      fc.property(index, index, (a, b) => {
        const [first = "", size] = hostAddresses(a).loadBalancerCIDR.split("/");
        expect(size).toBe("28");
        expect(asNumber(first) % 16).toBe(0);
        expect(first).toMatch(/^172\.31\.\d{1,3}\.\d{1,3}$/);
        expect(asNumber(first)).toBeGreaterThan(asNumber(hostAddresses(b).nodeIP));
      }),
    );
  });

  it("are never those of another host", () => {
    fc.assert(
      fc.property(index, index, (a, b) => {
        fc.pre(a !== b);
        expect(hostAddresses(a).loadBalancerCIDR).not.toBe(hostAddresses(b).loadBalancerCIDR);
        expect(hostAddresses(a).nodeIP).not.toBe(hostAddresses(b).nodeIP);
        expect(hostAddresses(a).link).not.toBe(hostAddresses(b).link);
      }),
    );
  });

  it("end with the last block of each range", () => {
    const last = { machineIP: "172.31.31.253", nodeIP: "172.31.31.254", loadBalancerCIDR: "172.31.255.240/28" };
    expect(hostAddresses(2047)).toMatchObject(last);
  });
});
