import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An HTTP proxy on loopback that takes CONNECT from who knows the password, and is the only one that knows where a name leads. */
export interface ConnectProxy extends AsyncDisposable {
  /** With user and password. */
  url: string;
  /** What it was asked to connect to, in order; those that it refused are not in it. */
  readonly connected: readonly string[];
}

const user = "agent:pa ss";

/** Starts one that leads each `name:port` to a port of this machine. */
export async function startConnectProxy(routes: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const connected: string[] = [];
  const open = new Set<Socket>();
  const server = createServer();
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    const authority = request.url ?? "";
    const port = Object.hasOwn(routes, authority) ? routes[authority] : undefined;
    const isKnown = request.headers["proxy-authorization"] === `Basic ${Buffer.from(user).toString("base64")}`;
    socket.on("error", () => socket.destroy());
    if (!isKnown || port === undefined) {
      socket.end(`HTTP/1.1 ${isKnown ? 403 : 407} No\r\n\r\n`);
      return;
    }
    connected.push(authority);
    const outbound = connect(port, "127.0.0.1");
    for (const one of [socket, outbound]) open.add(one.once("close", () => open.delete(one)));
    outbound.on("error", () => socket.destroy());
    socket.write("HTTP/1.1 200 Connected\r\n\r\n");
    socket.pipe(outbound).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://${encodeURI(user)}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
