import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { callerAddress } from "./caller-address.ts";
import { createRateLimit } from "./rate-limit.ts";

function limitOf(burst: number, perSecond: number) {
  const clock = new FakeClock();
  const limit = createRateLimit({ clock, burst, perSecond, tooMany: "Too many tries" });
  const taken = (key: string, tries: number): number => {
    let count = 0;
    for (let number = 0; number < tries; number += 1) {
      try {
        limit.take(key);
        count += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: "KUBE_THROTTLED", message: "Too many tries" });
      }
    }
    return count;
  };
  return { clock, taken };
}

describe("a rate limit", () => {
  it("lets so many through at once, and so many each second; no more after a pause", async () => {
    const { clock, taken } = limitOf(5, 2);
    expect(taken("a", 20)).toBe(5);
    await clock.advance(1000);
    expect(taken("a", 20)).toBe(2);
    await clock.advance(3_600_000);
    expect(taken("a", 20)).toBe(5);
  });

  it("counts each key alone", () => {
    const { taken } = limitOf(3, 1);
    expect(taken("a", 10)).toBe(3);
    expect(taken("b", 10)).toBe(3);
    expect(taken("a", 10)).toBe(0);
  });

  it("still limits a key that keeps asking while others make up keys", () => {
    const { taken } = limitOf(1, 0);
    expect(taken("a", 1)).toBe(1);
    for (let number = 0; number < 9_000; number += 1) taken(`made-up-${number}`, 1);
    expect(taken("a", 1)).toBe(0);
  });
});

describe("callerAddress", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("of %s is %s", (address, expected) => expect(callerAddress(address)).toBe(expected));
});
