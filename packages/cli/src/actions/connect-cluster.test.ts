import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addKubeconfigSecret, readyStatus, sampleKubeconfig, startFakeHost } from "../testing/fake-host.ts";

describe("inkube kubeconfig and connect", () => {
  async function temporary() {
    const path = await mkdtemp(join(tmpdir(), "inkube-test-"));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  }

  it("print the kubeconfig or write it to a private file", async () => {
    await using host = await startFakeHost();
    await using folder = await temporary();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo");
    expect(await host.inkube("kubeconfig demo")).toMatchObject({ code: 0, out: sampleKubeconfig });
    const file = join(folder.path, "demo.kubeconfig");
    expect(await host.inkube(`kubeconfig demo --output-file ${file}`)).toMatchObject({ code: 0, out: "" });
    expect(await readFile(file, "utf8")).toBe(sampleKubeconfig);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("say that there is none yet", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo");
    expect(await host.inkube("kubeconfig demo")).toMatchObject({ code: 8, out: "" });
  });

  it("add a context to the person's kubeconfig", async () => {
    await using host = await startFakeHost();
    await using folder = await temporary();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo");
    expect((await host.inkube("connect demo", { home: folder.path })).code).toBe(0);
    const written = parse(await readFile(join(folder.path, ".kube", "config"), "utf8"));
    expect(written["current-context"]).toBe("inkube-default-demo");
  });

  it("run one command with a kubeconfig that is gone afterwards, and take over its exit code", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo");
    let seen = "";
    const onChild = async (path: string | undefined) => {
      seen = await readFile(path ?? "", "utf8");
      return 42;
    };
    const { code, io } = await host.inkube("connect demo -- kubectl get pods -A", { onChild });
    expect(code).toBe(42);
    expect(seen).toBe(sampleKubeconfig);
    expect(io.children[0]?.command).toEqual(["kubectl", "get", "pods", "-A"]);
    await expect(stat(io.children[0]?.kubeconfig ?? "")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
