import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { FakeClock } from "../testing/index.ts";
import { createCredentials } from "./credentials.ts";
import { inClusterConfig } from "./in-cluster.ts";
import { loadKubeconfig, parseKubeconfig } from "./kubeconfig.ts";
import { serializeKubeconfig } from "./serialize-kubeconfig.ts";

const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const pemData = Buffer.from(pem).toString("base64");

function kubeconfig(cluster: object, user: object, context: object = {}): string {
  return JSON.stringify({
    "current-context": "main",
    clusters: [{ name: "c", cluster: { server: "https://host:6443", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "main", context: { cluster: "c", user: "u", ...context } }],
  });
}

async function inDirectory(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe("parseKubeconfig", () => {
  it("reads certificates, the server's name, the proxy and the namespace", async () => {
    const text = kubeconfig(
      { "certificate-authority-data": pemData, "tls-server-name": "name", "proxy-url": "http://proxy:3128" },
      { "client-certificate-data": pemData, "client-key-data": pemData },
      { namespace: "team" },
    );
    expect(await parseKubeconfig(text)).toEqual({
      server: "https://host:6443",
      ca: pem,
      cert: pem,
      key: pem,
      tlsServerName: "name",
      proxyUrl: "http://proxy:3128",
      namespace: "team",
    });
  });

  it("reads YAML, impersonation and an insecure server", async () => {
    const text = `
apiVersion: v1
clusters:
- {name: c, cluster: {server: "https://h", insecure-skip-tls-verify: true}}
users:
- {name: u, user: {token: t, as: jane, as-groups: [a], as-user-extra: {k: [v]}}}
contexts:
- {name: x, context: {cluster: c, user: u}}
`;
    expect(await parseKubeconfig(text, { context: "x" })).toEqual({
      server: "https://h",
      insecureSkipTlsVerify: true,
      token: "t",
      impersonate: { user: "jane", groups: ["a"], extra: { k: ["v"] } },
    });
  });

  it("takes files relative to the kubeconfig, and prefers inline data", async () => {
    await inDirectory(async (dir) => {
      await writeFile(join(dir, "ca.pem"), pem);
      const text = kubeconfig({ "certificate-authority": "ca.pem" }, { tokenFile: "token" });
      expect(await parseKubeconfig(text, { dir })).toMatchObject({ ca: pem, tokenFile: join(dir, "token") });
    });
  });

  it.each<[string, string, RegExp]>([
    ["no current-context", JSON.stringify({ contexts: [] }), /current-context is not set/],
    ["an unknown context", kubeconfig({}, {}).replace('"main",', '"other",'), /has no context "other" \(there: main\)/],
    ["an unknown cluster", kubeconfig({}, {}, { cluster: "x" }), /context "main": has no cluster "x" \(there: c\)/],
    ["an unknown user", kubeconfig({}, {}, { user: "x" }), /context "main": has no user "x"/],
    ["a server that is not a URL", kubeconfig({ server: "host:6443" }, {}), /cluster "c": server is not an http/],
    [
      "a CA that is not PEM",
      kubeconfig({ "certificate-authority-data": "QUJD" }, {}),
      /cluster "c".*not base64 of PEM/,
    ],
    [
      "a certificate without a key",
      kubeconfig({}, { "client-certificate-data": pemData }),
      /user "u".*need each other/,
    ],
    ["a CA file that is missing", kubeconfig({ "certificate-authority": "/nowhere/ca" }, {}), /\/nowhere\/ca.*ENOENT/],
    ["an auth provider", kubeconfig({}, { "auth-provider": { name: "oidc" } }), /user "u".*not supported/],
    ["text", "hello", /not a mapping/],
    ["broken YAML", "a: [secret-token", /is not YAML \(line 1\)$/],
  ])("refuses %s and says where", async (_name, text, message) => {
    await expect(parseKubeconfig(text, { source: "file" })).rejects.toThrow(message);
    await expect(parseKubeconfig(text, { source: "file" })).rejects.toThrow(/^file: |^file/);
  });

  it("reads back what serializeKubeconfig wrote, whatever the values hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, unit: "grapheme" }),
        fc.string({ minLength: 1 }),
        async (name, token) => {
          const text = serializeKubeconfig({
            server: "https://h:1",
            ca: pem,
            cert: pem,
            key: pem,
            token,
            name,
            namespace: name,
          });
          expect(await parseKubeconfig(text)).toEqual({
            server: "https://h:1",
            ca: pem,
            cert: pem,
            key: pem,
            token,
            namespace: name,
          });
          expect((parse(text) as { "current-context": string })["current-context"]).toBe(name);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("loadKubeconfig", () => {
  it("merges the files of $KUBECONFIG, the first mention winning, and passes over missing ones", async () => {
    await inDirectory(async (dir) => {
      const [one, two] = [join(dir, "one"), join(dir, "two")];
      await writeFile(one, kubeconfig({}, { token: "first" }));
      await writeFile(two, kubeconfig({ server: "https://second" }, { token: "second" }));
      const env = { KUBECONFIG: [join(dir, "none"), one, two].join(":") };
      expect(await loadKubeconfig({ env })).toEqual({ server: "https://host:6443", token: "first" });
    });
  });

  it("names the file that it cannot read", async () => {
    await expect(loadKubeconfig({ path: "/nowhere/config" })).rejects.toThrow(
      "/nowhere/config: cannot be read: ENOENT",
    );
    await expect(loadKubeconfig({ env: { HOME: "/nowhere" } })).rejects.toThrow("/nowhere/.kube/config");
  });
});

describe("Credential plugins", () => {
  const answer = (status: object) =>
    JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status });

  /** A plugin that counts its runs and prints what it is told. */
  async function credentials(dir: string, output: string, clock: FakeClock) {
    const command = join(dir, "plugin");
    await writeFile(command, `#!/bin/sh\necho run >> ${dir}/runs\ncat <<'END'\n${output}\nEND\n`);
    await chmod(command, 0o755);
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "./plugin", args: ["x"] };
    return createCredentials(await parseKubeconfig(kubeconfig({}, { exec }), { dir }), clock);
  }

  it("are asked again only when their answer is about to expire or was refused", async () => {
    await inDirectory(async (dir) => {
      const clock = new FakeClock();
      const expirationTimestamp = new Date(clock.now() + 60_000).toISOString();
      const source = await credentials(dir, answer({ token: "t", expirationTimestamp }), clock);
      const runs = async () =>
        (await import("node:fs/promises")).readFile(join(dir, "runs"), "utf8").then((text) => text.length / 4);
      expect(await source.current()).toMatchObject({ token: "t" });
      await source.current();
      expect(await runs()).toBe(1);
      await clock.advance(50_000);
      await source.current();
      expect(await runs()).toBe(2);
    });
  });

  it("share one run among requests that come together", async () => {
    await inDirectory(async (dir) => {
      const source = await credentials(dir, answer({ token: "t" }), new FakeClock());
      const [one, two] = await Promise.all([source.current(), source.current()]);
      expect(one).toBe(two);
    });
  });

  it("never show their output in an error", async () => {
    await inDirectory(async (dir) => {
      const source = await credentials(dir, "secret but not JSON", new FakeClock());
      await expect(source.current()).rejects.toThrow(/plugin: its output is not JSON$/);
    });
  });

  it("are named with their hint when they are not installed", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-plugin", installHint: "Get it." };
    const source = createCredentials(await parseKubeconfig(kubeconfig({}, { exec })), new FakeClock());
    await expect(source.current()).rejects.toThrow("Credential plugin no-such-plugin: not found. Get it.");
  });
});

describe("inClusterConfig", () => {
  it("reads the service account of the pod", async () => {
    await inDirectory(async (dir) => {
      await writeFile(join(dir, "ca.crt"), pem);
      await writeFile(join(dir, "namespace"), "team\n");
      const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
      expect(inClusterConfig({ env, dir })).toEqual({
        server: "https://[fd00::1]:443",
        ca: pem,
        tokenFile: join(dir, "token"),
        namespace: "team",
      });
    });
  });

  it("says so outside of a pod", () => {
    expect(() => inClusterConfig({ env: {} })).toThrow("Not in a pod");
  });
});
