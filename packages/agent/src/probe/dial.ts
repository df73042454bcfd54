import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";

/** Where to dial, and whom to expect there. */
export interface DialTarget {
  address: string;
  port: number;
  /** Name or address of the URL: it is asked for by SNI and must be in the certificate. */
  host: string;
  /** Authority that must have signed the certificate, PEM. */
  ca: string;
  connectTimeoutMs: number;
  answerTimeoutMs: number;
  signal?: AbortSignal;
}

/** A connection that was verified, or why there is none. */
export type Dialled =
  | { socket: TLSSocket }
  | { failure: "noConnection" | "broken" | "otherServer" | "otherName"; why: string };

const noConnection = "no connection";

/** Opens a TLS connection and verifies who answers. Nothing is sent to anybody else. Never rejects. */
export function dial(target: DialTarget): Promise<Dialled> {
  const { address, port, host, ca, signal } = target;
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      ca,
      // Verified below: who answers in place of the API server is worth telling.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const stop = (why: string): void => void socket.destroy(new Error(why));
    const connecting = setTimeout(() => stop(noConnection), target.connectTimeoutMs);
    const onAbort = (): void => stop("aborted");
    signal?.addEventListener("abort", onAbort, { once: true });
    let connected = false;
    socket.setTimeout(target.answerTimeoutMs, () => stop(`no answer within ${target.answerTimeoutMs / 1000} s`));
    socket.once("connect", () => {
      connected = true;
      clearTimeout(connecting);
    });
    socket.once("secureConnect", () => {
      const stranger = judgePeer(socket, host);
      resolve(stranger ?? { socket });
      if (stranger) socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ failure: connected ? "broken" : "noConnection", why: error.code ?? error.message });
    });
    socket.once("close", () => {
      clearTimeout(connecting);
      signal?.removeEventListener("abort", onAbort);
      resolve({ failure: connected ? "broken" : "noConnection", why: "closed" });
    });
    if (signal?.aborted) onAbort();
  });
}

function judgePeer(socket: TLSSocket, host: string): Exclude<Dialled, { socket: TLSSocket }> | undefined {
  if (socket.authorized) return undefined;
  // An Error by its declared type, in truth a code.
  const code = String(socket.authorizationError);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return { failure: "otherName", why: `its certificate does not hold ${host}` };
  }
  return { failure: "otherServer", why: describe(socket.getPeerCertificate(true)) };
}

/** Who a certificate says it is, in few words. */
function describe({ subject, issuer }: DetailedPeerCertificate): string {
  const name = (names: { CN?: string | string[]; O?: string | string[] } | undefined): string =>
    [names?.CN ?? names?.O ?? "nobody"].flat().join(", ");
  return `a certificate of ${name(subject)}, issued by ${name(issuer)}`;
}

/** True when it is worth dialling again: a first packet got lost, or that address leads nowhere. */
export function isNoConnection(dialled: Dialled): dialled is { failure: "noConnection"; why: string } {
  return "failure" in dialled && dialled.failure === "noConnection";
}

/** True when nothing came back at all, so that a packet may have been lost. */
export function wasSilent({ why }: { why: string }): boolean {
  return why === noConnection;
}
