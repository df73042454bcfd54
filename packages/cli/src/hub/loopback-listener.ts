import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on this machine, and for this machine only, until a browser brings what the hub sent it with. */
export interface LoopbackListener extends AsyncDisposable {
  readonly port: number;
  /** What came with the right state; whatever comes without it is turned away and waited past. */
  readonly arrived: Promise<URLSearchParams>;
}

/** Starts it on a free port of 127.0.0.1; dispose of it with `await using`. */
export async function listenOnLoopback(state: string): Promise<LoopbackListener> {
  const arrived = Promise.withResolvers<URLSearchParams>();
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? "", "http://127.0.0.1");
    const given = url?.searchParams;
    if (request.method !== "GET" || url?.pathname !== "/" || given?.get("state") !== state) {
      return answer(response, 404, "There is nothing here.");
    }
    const done = given.has("code");
    answer(
      response,
      200,
      done ? "You may close this window: inkube goes on in the terminal." : "The terminal says why.",
      done,
    );
    arrived.resolve(given);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    arrived: arrived.promise,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      // A browser may hold a connection open on which it never asks anything.
      setTimeout(() => server.closeAllConnections(), 500).unref();
      await closed;
    },
  };
}

function answer(response: ServerResponse, status: number, text: string, signedIn?: boolean): void {
  const title = signedIn === undefined ? "inkube" : signedIn ? "You are signed in" : "You are not signed in";
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    connection: "close",
  });
  response.end(`<!doctype html><title>${title}</title><h1>${title}</h1><p>${text}</p>\n`);
}
