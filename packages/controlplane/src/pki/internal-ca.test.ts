import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { renewalReason } from "./inspect-certificate.ts";
import { createInternalCa, issueEgressClient, issueSyncerServing, syncerNames } from "./internal-ca.ts";

const now = Date.UTC(2026, 0, 1);

describe("the internal authority", () => {
  it("names a nested cluster by its host namespace in the client certificate", async () => {
    const authority = await createInternalCa(now);
    const client = await issueEgressClient(authority, { hostNamespace: "inkube-team-demo-12345", now });
    const certificate = new X509Certificate(client.certificate);
    expect(certificate.subject).toBe("CN=inkube-team-demo-12345");
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  it("issues a serving certificate for the Service's address that cannot be used as a client", async () => {
    const authority = await createInternalCa(now);
    const serving = await issueSyncerServing(authority, { names: syncerNames("10.96.0.77"), now });
    const certificate = new X509Certificate(serving.certificate);
    expect(certificate.checkIP("10.96.0.77")).toBe("10.96.0.77");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  it("wants another serving certificate when the Service got another address", async () => {
    const authority = await createInternalCa(now);
    const serving = await issueSyncerServing(authority, { names: syncerNames("10.96.0.77"), now });
    const wanted = { authority: authority.certificate, now };
    expect(renewalReason(serving, { ...wanted, names: syncerNames("10.96.0.77") })).toBeUndefined();
    expect(renewalReason(serving, { ...wanted, names: syncerNames("10.96.0.78") })).toBe("names");
  });
});
