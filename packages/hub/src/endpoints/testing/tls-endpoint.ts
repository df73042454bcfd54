import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Pki } from "@inkube/controlplane";

/** What answers on loopback in place of a nested API server. */
export interface TlsEndpoint extends AsyncDisposable {
  readonly port: number;
  /** Paths that were asked for. */
  readonly asked: string[];
}

/** Serves with the API server's certificate of this PKI, and says that it is ready. */
export async function startTlsEndpoint(pki: Pki): Promise<TlsEndpoint> {
  const asked: string[] = [];
  const certificate = { cert: pki["apiserver.crt"] ?? "", key: pki["apiserver.key"] ?? "" };
  const server = createServer(certificate, (request, response) => {
    asked.push(request.url ?? "");
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
