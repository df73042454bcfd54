import { BlockList, isIP } from "node:net";

/**
 * Says of an address whether NO_PROXY leads past the proxy: names with all that is below them, addresses, ranges, names and
 * addresses with or without a port; `*` is everything. What cannot be understood excepts nothing.
 */
export function proxyExceptions(text: string): (url: string) => boolean {
  const tests = text
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== "")
    .map(exception);
  return (address) => {
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const port = url.port || (url.protocol === "https:" || url.protocol === "wss:" ? "443" : "80");
    return tests.some((isMeant) => isMeant(host, port));
  };
}

function exception(part: string): (host: string, port: string) => boolean {
  if (part === "*") return () => true;
  const range = /^(.+)\/(\d{1,3})$/.exec(part);
  if (range) return within(range[1] ?? "", Number(range[2]));
  const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]+)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(part) ?? [];
  const wanted = (bracketed ?? plain ?? part).replace(/^\*?\./, "");
  return (host, port) =>
    (wantedPort === undefined || wantedPort === port) &&
    (host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`)));
}

function within(network: string, prefix: number): (host: string) => boolean {
  const family = isIP(network);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return () => false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return (host) => isIP(host) === family && list.check(host, type);
}
