import { mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sampleKubeconfig } from "../testing/fake-host.ts";
import { addContext, contextName } from "./add-context.ts";
import { defaultKubeconfigPath } from "./default-path.ts";
import { mergeContext } from "./merge-context.ts";

const existing = `# mine
apiVersion: v1
kind: Config
clusters:
- name: work # do not touch
  cluster: {server: "https://work"}
users: []
contexts:
- {name: work, context: {cluster: work, user: me}}
current-context: work
`;

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), "inkube-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

describe("mergeContext", () => {
  it("adds a context that leads to the cluster, makes it current and keeps all else", () => {
    const text = mergeContext(existing, sampleKubeconfig, "inkube-default-demo");
    const merged = parse(text);
    expect(text).toContain("# mine");
    expect(text).toContain("# do not touch");
    expect(merged["current-context"]).toBe("inkube-default-demo");
    expect(merged.contexts).toHaveLength(2);
    expect(merged.clusters[1]).toMatchObject({
      name: "inkube-default-demo",
      cluster: { server: "https://192.0.2.1:30443" },
    });
    expect(merged.users).toEqual([{ name: "inkube-default-demo", user: { token: "sample" } }]);
  });

  it("replaces its own entries the next time", () => {
    const once = mergeContext(existing, sampleKubeconfig, "inkube-default-demo");
    const twice = mergeContext(once, sampleKubeconfig.replace("sample", "renewed"), "inkube-default-demo");
    expect(parse(twice).users).toEqual([{ name: "inkube-default-demo", user: { token: "renewed" } }]);
    expect(parse(twice).contexts).toHaveLength(2);
  });

  it.each(["", "# nothing yet\n"])("begins a kubeconfig from %j", (text) => {
    expect(parse(mergeContext(text, sampleKubeconfig, "x"))).toMatchObject({ kind: "Config", "current-context": "x" });
  });

  it.each(["- a list\n", "just text", "a: [b"])("refuses %j, which is no kubeconfig", (text) => {
    expect(() => mergeContext(text, sampleKubeconfig, "x")).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("addContext", () => {
  it("makes a file that only its owner can read", async () => {
    await using folder = await temporary();
    const path = join(folder.path, "new", "config");
    await addContext(path, sampleKubeconfig, contextName("default", "demo"));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(parse(await readFile(path, "utf8"))["current-context"]).toBe("inkube-default-demo");
  });

  it("follows a symbolic link instead of replacing it", async () => {
    await using folder = await temporary();
    const [real, link] = [join(folder.path, "real"), join(folder.path, "link")];
    await writeFile(real, existing);
    await symlink(real, link);
    await addContext(link, sampleKubeconfig, "x");
    expect(parse(await readFile(real, "utf8"))["current-context"]).toBe("x");
  });

  it("leaves the file alone while another program holds kubectl's lock", async () => {
    await using folder = await temporary();
    const path = join(folder.path, "config");
    await writeFile(path, existing);
    await writeFile(`${path}.lock`, "");
    await expect(addContext(path, sampleKubeconfig, "x")).rejects.toMatchObject({ code: "KUBE_CONFLICT" });
    expect(await readFile(path, "utf8")).toBe(existing);
  });

  it("gives the lock back also when the file is no kubeconfig", async () => {
    await using folder = await temporary();
    const path = join(folder.path, "config");
    await writeFile(path, "- a list\n");
    await expect(addContext(path, sampleKubeconfig, "x")).rejects.toMatchObject({ code: "USAGE" });
    await expect(stat(`${path}.lock`)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("defaultKubeconfigPath", () => {
  it("is the first of $KUBECONFIG, else the one in the home directory", () => {
    expect(defaultKubeconfigPath({ env: { KUBECONFIG: "/a:/b" }, home: "/home/me" })).toBe("/a");
    expect(defaultKubeconfigPath({ env: {}, home: "/home/me" })).toBe("/home/me/.kube/config");
  });
});
