import { request } from "node:http";
import type { TLSSocket } from "node:tls";

/** Asks an API server on a verified connection whether it is ready: undefined when it is, else why not. Ends the connection. */
export function askReadiness(socket: TLSSocket, url: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const path = `${url.pathname.replace(/\/$/, "")}/readyz`;
    const call = request({ createConnection: () => socket, path, headers: { host: url.host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `answered with status ${answer.statusCode}`);
      answer.once("end", () => socket.destroy());
    });
    call.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end();
  });
}
