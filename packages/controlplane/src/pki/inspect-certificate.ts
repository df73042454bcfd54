import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { KeyPair } from "./certificate.ts";

/** Why a leaf cannot stay as it is. */
export type RenewalReason = "missing" | "unreadable" | "wrong issuer" | "due" | "names";

/**
 * Says why a leaf must be issued again, or undefined when it may stay: it is there, its key fits, `authority` signed it,
 * less than two thirds of its life are over, and it holds every wanted name.
 */
export function renewalReason(
  leaf: Partial<KeyPair>,
  wanted: { authority: string; names: readonly string[]; now: number },
): RenewalReason | undefined {
  if (!leaf.certificate || !leaf.key) return "missing";
  const certificate = parse(leaf.certificate);
  if (!certificate || !keyFits(certificate, leaf.key)) return "unreadable";
  const authority = parse(wanted.authority);
  if (!authority || !certificate.verify(authority.publicKey)) return "wrong issuer";
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  if (wanted.now >= from + ((to - from) * 2) / 3) return "due";
  return wanted.names.every((name) => holdsName(certificate, name)) ? undefined : "names";
}

/** True when both halves of an authority can be read and fit each other. */
export function isUsableAuthority(pair: Partial<KeyPair>): pair is KeyPair {
  if (!pair.certificate || !pair.key) return false;
  const certificate = parse(pair.certificate);
  return certificate?.ca === true && keyFits(certificate, pair.key);
}

/** Until when a PEM certificate is valid, in milliseconds since 1970; undefined when it is unreadable. */
export function expiry(certificate: string): number | undefined {
  const parsed = parse(certificate);
  return parsed && Date.parse(parsed.validTo);
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function keyFits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function holdsName(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  // Compared as text, not as a host would: a wanted wildcard must be there as that wildcard.
  const entries = (certificate.subjectAltName ?? "").toLowerCase().split(", ");
  return entries.includes(`dns:${name.toLowerCase()}`);
}
