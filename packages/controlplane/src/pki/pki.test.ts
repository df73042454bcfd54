import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createPki, leafLifetimeMs, type Pki, PkiDamagedError, renewLeaves } from "./pki.ts";
import { apiServerNames } from "./server-names.ts";

const start = Date.UTC(2026, 0, 1);
const serverNames = apiServerNames({
  hostNamespace: "inkube-team-demo-12345",
  clusterDomain: "cluster.local",
  clusterIP: "10.96.3.4",
  endpointAddresses: ["172.31.0.2", "fd00::2"],
  extraNames: ["demo.example.com", "*.wild.example.com"],
});

const certificate = (pki: Pki, name: string): X509Certificate => new X509Certificate(pki[`${name}.crt`] ?? "");

describe("createPki", () => {
  it("issues every leaf from the authority that its verifiers trust", async () => {
    const pki = await createPki({ now: start, serverNames });
    const ca = certificate(pki, "ca");
    const frontProxy = certificate(pki, "front-proxy-ca");
    for (const leaf of ["apiserver", "apiserver-kubelet-client", "admin", "syncer", "controller-manager"]) {
      expect(certificate(pki, leaf).verify(ca.publicKey), leaf).toBe(true);
    }
    expect(certificate(pki, "front-proxy-client").verify(frontProxy.publicKey)).toBe(true);
    expect(certificate(pki, "front-proxy-client").verify(ca.publicKey)).toBe(false);
  });

  it("makes admin and syncer cluster-admins, and nobody else", async () => {
    const pki = await createPki({ now: start, serverNames });
    const masters = Object.keys(pki)
      .filter((file) => file.endsWith(".crt"))
      .filter((file) => new X509Certificate(pki[file] ?? "").subject.includes("O=system:masters"));
    expect(masters.sort()).toEqual(["admin.crt", "syncer.crt"]);
  });

  it("puts every name that a client may use on the serving certificate", async () => {
    const serving = certificate(await createPki({ now: start, serverNames }), "apiserver");
    for (const name of [
      "kubernetes.default.svc.cluster.local",
      "control-plane.inkube-team-demo-12345.svc",
      "a.wild.example.com",
    ]) {
      expect(serving.checkHost(name), name).toBeDefined();
    }
    for (const address of ["127.0.0.1", "::1", "10.96.3.4", "172.31.0.2", "fd00::2"]) {
      expect(serving.checkIP(address), address).toBeDefined();
    }
  });

  it("never shares a key between certificates", async () => {
    const pki = await createPki({ now: start, serverNames });
    const keys = Object.keys(pki).filter((file) => file.endsWith(".key"));
    expect(new Set(keys.map((file) => pki[file])).size).toBe(keys.length);
  });
});

describe("renewLeaves", () => {
  it("returns the same object while nothing is due", async () => {
    const pki = await createPki({ now: start, serverNames });
    const later = start + leafLifetimeMs * 0.6;
    expect((await renewLeaves(pki, { now: later, serverNames })).pki).toBe(pki);
  });

  it("renews leaves past two thirds of their life and keeps authorities and the token key", async () => {
    const pki = await createPki({ now: start, serverNames });
    const { pki: renewed, renewed: which } = await renewLeaves(pki, { now: start + leafLifetimeMs * 0.7, serverNames });
    expect(Object.values(which)).toEqual(Array(6).fill("due"));
    for (const file of ["ca.crt", "ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.key", "sa.pub"]) {
      expect(renewed[file]).toBe(pki[file]);
    }
    expect(renewed["apiserver.crt"]).not.toBe(pki["apiserver.crt"]);
  });

  it("reissues only the serving certificate when a name is wanted that it lacks", async () => {
    const pki = await createPki({ now: start, serverNames });
    const more = [...serverNames, "new.example.com"];
    const { pki: renewed, renewed: which } = await renewLeaves(pki, { now: start, serverNames: more });
    expect(which).toEqual({ apiserver: "names" });
    expect((await renewLeaves(renewed, { now: start, serverNames: more })).pki).toBe(renewed);
  });

  it("does not reissue because of a name that is no longer wanted", async () => {
    const pki = await createPki({ now: start, serverNames });
    expect((await renewLeaves(pki, { now: start, serverNames: ["kubernetes"] })).renewed).toEqual({});
  });

  it.each([
    ["is missing", () => ({ "admin.crt": "" }), "missing"],
    ["is garbage", () => ({ "admin.crt": "garbage" }), "unreadable"],
    ["has another leaf's key", (pki: Pki) => ({ "admin.key": pki["syncer.key"] ?? "" }), "unreadable"],
    [
      "is signed by another authority",
      async () => pick(await createPki({ now: start, serverNames }), "admin"),
      "wrong issuer",
    ],
  ])("reissues a leaf that %s", async (_title, damage, reason) => {
    const pki = await createPki({ now: start, serverNames });
    const damaged = { ...pki, ...(await damage(pki)) };
    expect((await renewLeaves(damaged, { now: start, serverNames })).renewed).toEqual({ admin: reason });
  });

  it.each(["ca.crt", "ca.key", "front-proxy-ca.key", "sa.key", "sa.pub"])(
    "refuses to go on without %s",
    async (file) => {
      const { [file]: _, ...rest } = await createPki({ now: start, serverNames });
      await expect(renewLeaves(rest, { now: start, serverNames })).rejects.toBeInstanceOf(PkiDamagedError);
    },
  );

  it("names damaged files without their contents", async () => {
    const pki = await createPki({ now: start, serverNames });
    const error = await renewLeaves({ ...pki, "ca.crt": "x" }, { now: start, serverNames }).catch((e: unknown) => e);
    expect(String(error)).toBe("PkiDamagedError: PKI is damaged: ca");
  });
});

function pick(pki: Pki, leaf: string): Record<string, string> {
  return { [`${leaf}.crt`]: pki[`${leaf}.crt`] ?? "", [`${leaf}.key`]: pki[`${leaf}.key`] ?? "" };
}
