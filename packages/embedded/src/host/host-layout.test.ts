import { describe, expect, it } from "vitest";
import { HostError } from "../host-error.ts";
import { hostLayout } from "./host-layout.ts";

describe("the layout of a host", () => {
  it("keeps everything below the host's own directory", () => {
    const layout = hostLayout("lab", "/var/lib/inkube");
    const outside = new Set(["name", "cgroup", "nodeName", "networkName", "linkAlias"]);
    for (const [field, value] of Object.entries(layout)) {
      if (!outside.has(field)) expect(`${value}/`, field).toMatch(/^\/var\/lib\/inkube\/lab\//);
    }
  });

  it("tells hosts of one name in two state dirs apart wherever they share the machine", () => {
    const one = hostLayout("lab", "/var/lib/inkube");
    const other = hostLayout("lab", "/srv/inkube");
    expect(one.cgroup).not.toBe(other.cgroup);
    expect(one.networkName).not.toBe(other.networkName);
    expect(one.linkAlias).not.toBe(other.linkAlias);
  });

  it("is the same for a relative and an absolute path of one directory", () => {
    expect(hostLayout("lab", "state").cgroup).toBe(hostLayout("lab", `${process.cwd()}/state`).cgroup);
  });

  it.each(["", "Lab", "a_b", "-a", "a-", "../up", "a".repeat(21), "1st"])("refuses the name %j", (name) => {
    expect(() => hostLayout(name, "/var/lib/inkube")).toThrow(HostError);
  });
});
