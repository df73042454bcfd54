import { Readable } from "node:stream";
import { isAppError } from "@inkube/api";
import { createAuthority } from "@inkube/controlplane";
import { parseKubeconfig, serializeKubeconfig } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { endpointKubeconfig, readBounded } from "./endpoint-kubeconfig.ts";

const { certificate: cert, key } = await createAuthority("test", Date.UTC(2026, 0, 1));
const good = { name: "one", server: "https://one.example.com:6443", ca: cert, cert, key };
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function kubeconfig({
  cluster = {},
  user = {},
  more = {},
}: {
  cluster?: object;
  user?: object;
  more?: object;
}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "x", cluster: { server: good.server, "certificate-authority-data": base64(cert), ...cluster } }],
    users: [{ name: "x", user: { "client-certificate-data": base64(cert), "client-key-data": base64(key), ...user } }],
    contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    "current-context": "x",
    ...more,
  });
}

const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "/bin/sh", args: ["-c", "id"] };

describe("a kubeconfig that a host sends", () => {
  it("is told as agents write it", async () => {
    const told = endpointKubeconfig(serializeKubeconfig(good), "one");
    expect(await parseKubeconfig(told)).toEqual({ server: good.server, ca: cert, cert, key });
  });

  const lies: [string, Parameters<typeof kubeconfig>[0]][] = [
    ["a program to run", { user: { exec } }],
    ["a provider to run", { user: { "auth-provider": { name: "gcp", config: { "cmd-path": "/bin/sh" } } } }],
    ["files to read and send", { user: { tokenFile: "/home/jane/.ssh/id_ed25519", "client-key": "/etc/shadow" } }],
    ["a proxy", { cluster: { "proxy-url": "http://example.com", "insecure-skip-tls-verify": true } }],
    ["another identity", { user: { as: "root", token: "t", username: "u", password: "p" } }],
    [
      "what nobody knows",
      { more: { extensions: [{ name: "x", extension: { exec } }], preferences: { colors: true } } },
    ],
  ];
  it.each(lies)("loses %s", async (_, lie) => {
    const told = endpointKubeconfig(kubeconfig(lie), "one");
    expect(told).not.toMatch(/exec|command|provider|File|shadow|proxy|insecure|root|password|extension/);
    expect(await parseKubeconfig(told)).toEqual({ server: good.server, ca: cert, cert, key });
  });

  it.each([
    ["an address without TLS", kubeconfig({ cluster: { server: "http://one.example.com" } })],
    ["an address that is none", kubeconfig({ cluster: { server: "https://" } })],
    ["another kind of file", kubeconfig({ user: { "client-key-data": base64("ssh-ed25519 AAAA") } })],
    ["no authority", kubeconfig({ cluster: { "certificate-authority-data": "" } })],
    ["two users", kubeconfig({ more: { users: [{}, {}] } })],
    ["no YAML", "{"],
    ["a list", "[]"],
    [
      "a bomb",
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[..."bcdefghij"].map((c, i) => `${c}: &${c} [${Array(10).fill(`*${"abcdefghij"[i]}`).join(",")}]`).join("\n")}\nclusters: *j`,
    ],
    ["nothing", ""],
  ])("is refused when it is %s", (_, text) => {
    expect(() => endpointKubeconfig(text, "one")).toThrow(expect.objectContaining({ code: "KUBE_SERVER" }));
  });

  it("is not read when it does not end", async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 1;
        this.push(Buffer.alloc(16_384, "x"));
      },
    });
    const refused = await readBounded(endless).catch((error: unknown) => error);
    expect(isAppError(refused, "KUBE_SERVER")).toBe(true);
    expect(endless.destroyed).toBe(true);
    expect(sent).toBeLessThan(100);
    expect(await readBounded(Readable.from([Buffer.from("a"), Buffer.from("b")]))).toBe("ab");
  });
});
