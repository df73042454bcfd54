import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority } from "@inkube/controlplane";
import { describe, expect, it } from "vitest";
import { readProxySettings } from "./proxy-settings.ts";

const hub = "https://hub.example.com:8443";
const proxyFor = async (env: Record<string, string>, url = hub) => (await readProxySettings(env)).proxyFor(url);

describe("the proxy of an agent", () => {
  it("IMP-11 is the one that HTTPS_PROXY names, in either case", async () => {
    expect(await proxyFor({})).toBeUndefined();
    expect(await proxyFor({ HTTPS_PROXY: "http://me:secret@proxy:3128" })).toBe("http://me:secret@proxy:3128/");
    expect(await proxyFor({ https_proxy: "proxy:3128" })).toBe("http://proxy:3128/");
  });

  it("IMP-11 is refused without its password when it is no address", async () => {
    await expect(proxyFor({ HTTPS_PROXY: "ftp://me:secret@proxy" })).rejects.toThrow(/^HTTPS_PROXY is not an address$/);
  });

  const direct: [string, string, boolean][] = [
    ["hub.example.com", hub, true],
    ["a.b, example.com", hub, true],
    [".example.com", hub, true],
    ["*.example.com", hub, true],
    ["*", hub, true],
    ["HUB.example.com:8443", hub, true],
    ["hub.example.com:443", hub, false],
    ["ample.com", hub, false],
    ["other.example.com", hub, false],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.1.2.3", "https://10.1.2.3", true],
    ["2.3", "https://10.1.2.3", false],
    ["fd00::/8", "https://[fd00::1]:8443", true],
    ["fd00::1", "https://[fd00::1]:8443", true],
    ["[fd00::1]:8443", "https://[fd00::1]:8443", true],
    ["[fd00::1]:443", "https://[fd00::1]:8443", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
  ];
  it.each(direct)("IMP-11 with NO_PROXY %s is passed by for %s: %s", async (noProxy, url, isDirect) => {
    const proxy = await proxyFor({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: noProxy }, url);
    expect(proxy).toBe(isDirect ? undefined : "http://proxy:3128/");
  });

  it("IMP-11 has the authorities of its folder, and says when that cannot be read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "inkube-proxy-"));
    try {
      const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => createAuthority(name, 0)));
      await writeFile(join(folder, "two.crt"), `first\n${a?.certificate}\nsecond\n${b?.certificate}`);
      await writeFile(join(folder, "z.pem"), c?.certificate ?? "");
      await writeFile(join(folder, "a.key"), a?.key ?? "");
      const { authorities } = await readProxySettings({ INKUBE_PROXY_CA_DIR: folder });
      expect(authorities.map((pem) => new X509Certificate(pem).subject)).toEqual(["CN=a", "CN=b", "CN=c"]);
      await writeFile(join(folder, "bad.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
      await expect(readProxySettings({ INKUBE_PROXY_CA_DIR: folder })).rejects.toThrow(
        /bad\.crt holds something that is no/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
    await expect(readProxySettings({ INKUBE_PROXY_CA_DIR: folder })).rejects.toThrow(
      /^INKUBE_PROXY_CA_DIR: .* cannot be read: ENOENT$/,
    );
  });
});
