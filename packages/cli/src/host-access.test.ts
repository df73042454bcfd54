import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Globals } from "./globals.ts";
import { embeddedHost, hostKubeconfig, loadOwnHostConfig } from "./host-access.ts";
import { writeHubFacts } from "./hub/embedded-hub.ts";
import { rememberSignIn } from "./hub/hub-config.ts";

const plain: Globals = { project: "default", color: true, quiet: false };
let state = "";

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "inkube-test-"));
  for (const host of ["inkube", "second"]) {
    await mkdir(join(state, host));
    await writeFile(join(state, host, "kubeconfig"), "");
  }
});
afterAll(() => rm(state, { recursive: true, force: true }));

describe("the host's kubeconfig", () => {
  const cases: [string, Partial<Globals>, Record<string, string>, string | undefined][] = [
    ["--kubeconfig wins over everything", { kubeconfig: "/mine" }, { INKUBE_KUBECONFIG: "/env" }, "/mine"],
    [
      "a named embedded host wins over the environment",
      { embedded: "second" },
      { INKUBE_KUBECONFIG: "/env" },
      "second",
    ],
    ["$INKUBE_KUBECONFIG wins over an embedded host nobody named", {}, { INKUBE_KUBECONFIG: "/env" }, "/env"],
    ["an embedded host wins over kubectl's own", {}, { KUBECONFIG: "/kubectl" }, "inkube"],
    ["without any, kubectl's own rules hold", { stateDir: "/nowhere" }, {}, undefined],
  ];
  it.each(cases)("%s", (_title, globals, env, expected) => {
    const embedded = expected && !expected.startsWith("/") ? join(state, expected, "kubeconfig") : expected;
    const found = hostKubeconfig({ ...plain, stateDir: state, ...globals }, { env });
    expect(found.path).toBe(embedded);
  });

  it("a named embedded host that is not there is an error that says how to make it", () => {
    expect(() => hostKubeconfig({ ...plain, stateDir: state, embedded: "third" }, { env: {} })).toThrow(
      expect.objectContaining({ code: "HOST_UNSUITABLE", todo: expect.stringContaining("--embedded third up") }),
    );
  });

  it("state dirs come from the option, then the environment, then the default", () => {
    expect(embeddedHost({ ...plain, stateDir: "/a" }, { env: { INKUBE_STATE_DIR: "/b" } }).dir).toBe("/a/inkube");
    expect(embeddedHost(plain, { env: { INKUBE_STATE_DIR: "/b" } }).dir).toBe("/b/inkube");
    expect(embeddedHost(plain, { env: {} }).kubeconfigPath).toBe("/var/lib/inkube/inkube/kubeconfig");
  });
});

describe("the host itself", () => {
  const kubeconfig = JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://own.example" } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
  const signedInTo = async (url: string) => {
    const io = { env: { INKUBE_CONFIG: join(state, "hubs.json") }, home: state };
    await rememberSignIn({ url, token: "t", user: "u" }, io);
    return loadOwnHostConfig({ ...plain, stateDir: state }, io);
  };

  it("is the embedded host whose hub is in use, and is asked for where the hub is elsewhere", async () => {
    await writeFile(join(state, "inkube", "kubeconfig"), kubeconfig);
    await writeHubFacts(join(state, "inkube"), { url: "https://hub.example" });
    expect((await signedInTo("https://hub.example")).server).toBe("https://own.example");
    await expect(signedInTo("https://other.example")).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("the hub https://other.example does not show"),
      todo: expect.stringContaining("--embedded"),
    });
  });
});
