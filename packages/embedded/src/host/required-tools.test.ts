import { describe, expect, it } from "vitest";
import { missingTools, requireRoot, requireTools } from "./required-tools.ts";

const everything = { path: "/usr/bin", isExecutable: () => true };
const nothing = { path: "/usr/bin", isExecutable: () => false };

describe("the tools that a host needs", () => {
  it("are all found on a machine that has them", () => {
    expect(missingTools(everything)).toEqual([]);
    expect(() => requireTools(everything)).not.toThrow();
  });

  it("are named with their packages and the one command that installs them when they are missing", () => {
    expect(() => requireTools(nothing)).toThrow(/containerd \(Debian package containerd\)/);
    expect(() => requireTools(nothing)).toThrow(
      expect.objectContaining({
        kind: "missingTools",
        todo: expect.stringMatching(/apt-get install .*conntrack containerd containernetworking-plugins/),
      }),
    );
  });

  it("are looked for in sbin too, which people's PATH often lacks", () => {
    const search = { path: "/usr/bin", isExecutable: (file: string) => file.startsWith("/usr/sbin/") };
    expect(missingTools(search).map((tool) => tool.program)).not.toContain("iptables");
  });

  it("include root", () => {
    expect(() => requireRoot(1000)).toThrow(expect.objectContaining({ kind: "notRoot" }));
    expect(() => requireRoot(0)).not.toThrow();
  });
});
