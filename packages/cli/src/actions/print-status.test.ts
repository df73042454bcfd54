import { describe, expect, it } from "vitest";
import { createColors } from "../output/colors.ts";
import { tree } from "../output/tree.ts";
import { statusTree } from "./print-status.ts";

const style = { colors: createColors(false), now: Date.UTC(2026, 0, 1, 12) };

describe("statusTree", () => {
  it("shows what runs and what does not", () => {
    const found = {
      name: "inkube",
      stateDir: "/var/lib/inkube/inkube",
      state: "degraded",
      kubeconfigPath: "/var/lib/inkube/inkube/kubeconfig",
      apiServerURL: "https://172.31.0.2:6443",
      apiServerReady: false,
      processes: [
        { name: "kine", running: true, pid: 7, restarts: 2, startedAt: "2026-01-01T11:59:00Z" },
        { name: "kubelet", running: false, restarts: 0 },
      ],
    } as const;
    expect(tree(statusTree({ ...found, processes: [...found.processes] }, style))).toBe(`host inkube  degraded
├─ API server: https://172.31.0.2:6443, not ready
├─ Kubeconfig: /var/lib/inkube/inkube/kubeconfig
├─ Directory: /var/lib/inkube/inkube
└─ Processes
   ├─ ✓ kine  pid 7, 60s, restarted 2×
   └─ ✗ kubelet  not running
`);
  });

  it("says how to make one that is not there", () => {
    const text = tree(statusTree({ name: "x", stateDir: "/s/x", state: "absent", processes: [] }, style));
    expect(text).toBe("host x  absent\n└─ Make it with inkube up\n");
  });
});
