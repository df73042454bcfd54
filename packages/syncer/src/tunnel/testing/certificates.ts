import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

export interface TestPair {
  cert: string;
  key: string;
}

export interface TestAuthority {
  /** PEM. */
  ca: string;
  issue(commonName: string, names?: string[], organization?: string): Promise<TestPair>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const extended = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" };

/** A certificate authority for one test; its certificates serve and call. */
export async function testAuthority(commonName = "test CA"): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const lifetime = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    serialNumber: "01",
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
    ...lifetime,
  });
  let serial = 1;
  return {
    ca: root.toString("pem"),
    async issue(name, names = [], organization) {
      const leaf = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
      serial += 1;
      const cert = await x509.X509CertificateGenerator.create({
        subject: organization === undefined ? `CN=${name}` : `CN=${name}, O=${organization}`,
        issuer: root.subject,
        serialNumber: serial.toString(16).padStart(2, "0"),
        publicKey: leaf.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.ExtendedKeyUsageExtension([extended.serverAuth, extended.clientAuth]),
          ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(alternativeName))] : []),
        ],
        ...lifetime,
      });
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", leaf.privateKey);
      return { cert: cert.toString("pem"), key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
    },
  };
}

function alternativeName(value: string): { type: "ip" | "dns"; value: string } {
  return { type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value };
}
