import { createSocket } from "node:dgram";

export interface NameServer extends AsyncDisposable {
  /** `address:port` */
  readonly address: string;
  /** Names it was asked for, in lower case; each once for each family of addresses. */
  readonly asked: string[];
}

/** A name server that knows an IPv4 address of some names, and says of all others that they do not exist. */
export async function startNameServer(addressOf: (name: string) => string | undefined): Promise<NameServer> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, { port, address: from }) => {
    const { name, end } = readName(query);
    asked.push(name);
    socket.send(answer(query, end, addressOf(name)), port, from);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let end = 12;
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
    labels.push(query.toString("latin1", end + 1, end + 1 + length));
    end += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end };
}

function answer(query: Buffer, end: number, address: string | undefined): Buffer {
  const question = query.subarray(12, end + 5);
  const wantsIPv4 = query.readUInt16BE(end + 1) === 1;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  if (address === undefined || !wantsIPv4) return Buffer.concat([header, question]);
  header.writeUInt16BE(1, 6);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number)]);
  return Buffer.concat([header, question, record]);
}
