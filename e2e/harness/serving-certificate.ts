import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "./run.ts";

/** A self-signed serving certificate for one DNS name. PEM; `caBundle` is base64. */
export async function servingCertificate(
  name: string,
): Promise<{ caBundle: string; certificate: string; key: string }> {
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-"));
  try {
    const [certFile, keyFile] = [join(folder, "crt"), join(folder, "key")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
    await must("openssl", ["req", "-x509", ...curve, "-days", "2", ...names, "-keyout", keyFile, "-out", certFile]);
    const [certificate, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    return { caBundle: Buffer.from(certificate).toString("base64"), certificate, key };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
