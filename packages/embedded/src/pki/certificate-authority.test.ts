import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, issueLeaf } from "./certificate-authority.ts";

const now = Date.parse("2030-01-01T00:00:00Z");

describe("the host's certificate authority", () => {
  it("signs leaves that it verifies, with the key that belongs to them", async () => {
    const authority = await createAuthority("test", now);
    const leaf = await issueLeaf(authority, { commonName: "someone", organization: "group", usages: ["client"] }, now);
    const issuer = new X509Certificate(authority.certificate);
    const certificate = new X509Certificate(leaf.certificate);
    expect(issuer.ca).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true);
    expect(certificate.subject.split("\n").sort()).toEqual(["CN=someone", "O=group"]);
  });

  it("gives servers their names and addresses and nothing else", async () => {
    const authority = await createAuthority("test", now);
    const request = { commonName: "server", usages: ["server"] as const, dnsNames: ["a.b"], ipAddresses: ["10.1.2.3"] };
    const certificate = new X509Certificate((await issueLeaf(authority, request, now)).certificate);
    expect(certificate.checkHost("a.b")).toBe("a.b");
    expect(certificate.checkHost("c.b")).toBeUndefined();
    expect(certificate.checkIP("10.1.2.3")).toBe("10.1.2.3");
    expect(certificate.checkIP("10.1.2.4")).toBeUndefined();
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  it("makes leaves for a year and itself for ten, from the time that it is given", async () => {
    const authority = await createAuthority("test", now);
    const leaf = await issueLeaf(authority, { commonName: "someone", usages: ["client"] }, now);
    const days = (pem: string) => (Date.parse(new X509Certificate(pem).validTo) - now) / 86_400_000;
    expect(days(leaf.certificate)).toBe(365);
    expect(days(authority.certificate)).toBe(3650);
  });
});
