import { describe, expect, it } from "vitest";
import { mountsBelow } from "./mount-table.ts";

const table = `21 1 254:0 / / rw - ext4 /dev/vda rw
40 21 0:40 / /var/lib/inkube/lab/kubelet rw - ext4 /dev/vda rw
41 40 0:41 / /var/lib/inkube/lab/kubelet/pods/a/secret\\040one rw - tmpfs tmpfs rw
42 21 0:4 net:[1] /var/lib/inkube/lab/run/netns rw - nsfs nsfs rw
43 21 0:5 / /var/lib/inkube/lab2/kubelet rw - ext4 /dev/vda rw
`;

describe("mounts below a directory", () => {
  it("come deepest first, with escaped characters made plain", () => {
    expect(mountsBelow("/var/lib/inkube/lab", table)).toEqual([
      "/var/lib/inkube/lab/kubelet/pods/a/secret one",
      "/var/lib/inkube/lab/run/netns",
      "/var/lib/inkube/lab/kubelet",
    ]);
  });

  it("do not include those of a directory whose name only begins alike", () => {
    expect(mountsBelow("/var/lib/inkube/la", table)).toEqual([]);
  });

  it("include the directory itself", () => {
    expect(mountsBelow("/var/lib/inkube/lab/run/netns", table)).toEqual(["/var/lib/inkube/lab/run/netns"]);
  });
});
