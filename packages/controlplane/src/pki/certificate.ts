import "reflect-metadata";
import { type webcrypto as crypto, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

/** A certificate with its private key, both PEM (the key as PKCS #8). */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** What a certificate may be used for. */
export type Usage = "server" | "client";

/** What goes into a leaf certificate. */
export interface LeafRequest {
  commonName: string;
  organizations?: readonly string[];
  usages: readonly Usage[];
  /** DNS names and IP addresses, told apart by their form. */
  names?: readonly string[];
}

/** From when to when a certificate is valid, in milliseconds since 1970. */
export interface Lifetime {
  now: number;
  lifetimeMs: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const usageIds: Record<Usage, string> = {
  server: x509.ExtendedKeyUsage.serverAuth,
  client: x509.ExtendedKeyUsage.clientAuth,
};
/** Clocks of the machines that check a new certificate may be behind by this much. */
const clockSkewMs = 5 * 60_000;

/** Makes a self-signed P-256 certificate authority that can sign leaves only. */
export async function issueAuthority(commonName: string, lifetime: Lifetime): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: subject(commonName),
      ...validity(lifetime),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** Issues a P-256 leaf signed by `authority`. It never outlives its issuer. Throws when the authority's PEM is unreadable. */
export async function issueLeaf(authority: KeyPair, request: LeafRequest, lifetime: Lifetime): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await generateKeys();
  const wanted = validity(lifetime);
  const notAfter = new Date(Math.min(wanted.notAfter.getTime(), issuer.notAfter.getTime()));
  const names = request.names ?? [];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: subject(request.commonName, request.organizations),
      issuer: issuer.subjectName.toJSON(),
      notBefore: wanted.notBefore,
      notAfter,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => usageIds[usage])),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(alternativeName))] : []),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** Makes a P-256 key pair for signing ServiceAccount tokens; both PEM. */
export async function issueSigningKey(): Promise<{ privateKey: string; publicKey: string }> {
  const keys = await generateKeys();
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  return {
    privateKey: await exportKey(keys.privateKey),
    publicKey: `${x509.PemConverter.encode(spki, x509.PemConverter.PublicKeyTag)}\n`,
  };
}

function alternativeName(name: string): x509.JsonGeneralName {
  return isIP(name) === 0 ? { type: "dns", value: name } : { type: "ip", value: name };
}

function subject(commonName: string, organizations: readonly string[] = []): x509.JsonName {
  // The JSON form, because a comma in a name would end an attribute of the text form.
  return [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }];
}

function validity({ now, lifetimeMs }: Lifetime): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - clockSkewMs), notAfter: new Date(now + lifetimeMs) };
}

function generateKeys(): Promise<crypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function exportKey(key: crypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), x509.PemConverter.PrivateKeyTag)}\n`;
}

function importKey(pem: string): Promise<crypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), algorithm, false, ["sign"]);
}
