import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";

export interface CertificateQuestion {
  address: string;
  port: number;
  /** What is asked for by SNI. */
  name: string;
  /** The only authority that counts, PEM. */
  ca: string;
}

/** The certificate that a server shows for a name, verified for that name. Throws when it is not of that authority. */
export async function verifiedCertificate({ address, port, name, ca }: CertificateQuestion): Promise<X509Certificate> {
  const socket = connect({ host: address, port, servername: name, ca });
  try {
    await once(socket, "secureConnect");
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) throw new Error(`${address} shows no certificate for ${name}`);
    return certificate;
  } finally {
    socket.destroy();
  }
}
