import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenCluster, openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { binDir } from "../harness/kubectl.ts";
import { container, images, pod, webContainer } from "../harness/objects.ts";
import { must } from "../harness/run.ts";

let cluster: OpenCluster;
let folder: string;
beforeAll(async () => {
  cluster = await openCluster("interactive");
  folder = await mkdtemp(join(tmpdir(), "inkube-e2e-"));
  const echo = container({ name: "echo", stdin: true, command: ["cat"] });
  const clock = container({ name: "clock", command: ["sh", "-c", "while true; do date +%s; sleep 1; done"] });
  await cluster.kubectl.apply(pod("tool", { containers: [container(), clock, echo] }));
  await cluster.kubectl.apply(pod("web", { containers: [webContainer()] }));
  await cluster.kubectl.await("Ready", "pod/tool", "pod/web");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await cluster?.[Symbol.asyncDispose]();
});

describe("kubectl inside a nested cluster", () => {
  it("execs with standard input and the command's exit code", async () => {
    const counted = await cluster.kubectl.run(["exec", "-i", "tool", "-c", "main", "--", "wc", "-c"], {
      input: "four",
    });
    expect(counted.trim()).toBe("4");
    const failed = await cluster.kubectl.try(["exec", "tool", "-c", "main", "--", "sh", "-c", "exit 7"]);
    expect(failed.code).toBe(7);
  });

  it("reads logs: all, since, limited, and followed until the reader leaves", async () => {
    const { kubectl } = cluster;
    const lines = (text: string) => text.trim().split("\n").filter(Boolean);
    await eventually(async () =>
      expect(lines(await kubectl.run(["logs", "tool", "-c", "clock"])).length).toBeGreaterThan(3),
    );
    expect(lines(await kubectl.run(["logs", "tool", "-c", "clock", "--tail=2"])).length).toBe(2);
    await eventually(async () => {
      // All first: a log that ignores the time has no fewer lines afterwards.
      const all = lines(await kubectl.run(["logs", "tool", "-c", "clock"])).length;
      const recent = lines(await kubectl.run(["logs", "tool", "-c", "clock", "--since=1s"])).length;
      expect(recent).toBeLessThan(Math.min(all, 4));
    });
    const follow = `${join(binDir(), "kubectl")} --kubeconfig ${kubectl.kubeconfig} logs -f --tail=1 tool -c clock`;
    const followed = await must("sh", ["-c", `${follow} | head -n 3`]);
    expect(lines(followed).length).toBe(3);
  });

  it("shows what the container before the restart said", async () => {
    const { kubectl } = cluster;
    const once = container({ command: ["sh", "-c", "echo from attempt; sleep 1; exit 1"] });
    await kubectl.apply(pod("restarts", { containers: [once] }));
    await eventually(async () => {
      expect(await kubectl.run(["logs", "restarts", "--previous"])).toBe("from attempt\n");
    });
  });

  it("attaches to a running container", async () => {
    const args = ["--kubeconfig", cluster.kubectl.kubeconfig, "attach", "-i", "tool", "-c", "echo"];
    const attached = spawn(join(binDir(), "kubectl"), args, { stdio: ["pipe", "pipe", "ignore"] });
    try {
      const said = new Promise<string>((resolve) => attached.stdout.setEncoding("utf8").once("data", resolve));
      attached.stdin.write("hello\n");
      expect(await said).toBe("hello\n");
    } finally {
      attached.kill("SIGKILL");
    }
  });

  it("copies files both ways", async () => {
    const [there, back] = [join(folder, "there"), join(folder, "back")];
    await writeFile(there, "x".repeat(1_000_000));
    await cluster.kubectl.run(["cp", there, "tool:/tmp/copied", "-c", "main"]);
    await cluster.kubectl.run(["cp", "tool:/tmp/copied", back, "-c", "main"]);
    expect(await readFile(back, "utf8")).toBe(await readFile(there, "utf8"));
  });

  it("forwards a port", async () => {
    const args = ["--kubeconfig", cluster.kubectl.kubeconfig, "port-forward", "pod/web", ":8080"];
    const forward = spawn(join(binDir(), "kubectl"), args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const port = await new Promise<string>((resolve, reject) => {
        forward.once("exit", () => reject(new Error("kubectl port-forward ended")));
        forward.stdout.setEncoding("utf8").on("data", (text: string) => {
          const match = /127\.0\.0\.1:(\d+)/.exec(text);
          if (match?.[1]) resolve(match[1]);
        });
      });
      await eventually(async () =>
        expect(await must("curl", ["-sS", "--max-time", "60", `http://127.0.0.1:${port}/hostname`])).toBe("web"),
      );
    } finally {
      forward.kill("SIGKILL");
    }
  });

  it("debugs a pod with an ephemeral container that sees its processes", async () => {
    const { kubectl } = cluster;
    const command = ["debug", "web", `--image=${images.debian}`, "--target=main", "-c", "probe", "--profile=baseline"];
    await kubectl.run([...command, "--", "sh", "-c", "tr '\\0' ' ' < /proc/1/cmdline; echo; sleep 600"]);
    await eventually(async () => expect(await kubectl.run(["logs", "web", "-c", "probe"])).toContain("netexec"));
  });
});
