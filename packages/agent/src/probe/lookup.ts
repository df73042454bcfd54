import { Resolver, lookup as systemLookup } from "node:dns/promises";

/** Addresses of a DNS name; none when there is no such name. Rejects when no name server answers. */
export type Lookup = (name: string) => Promise<string[]>;

/** No such name, or none with an address. */
const nothing: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);
const serverTimeoutMs = 2000;
const serverTries = 2;

/** Asks the given name servers, or those of the machine. */
export function createLookup(servers: readonly string[] = []): Lookup {
  if (servers.length === 0) return lookUpWithMachine;
  const resolver = new Resolver({ timeout: serverTimeoutMs, tries: serverTries });
  resolver.setServers(servers);
  return async (name) => {
    const families = [resolver.resolve4(name), resolver.resolve6(name)].map(orNothing);
    const results = await Promise.allSettled(families);
    const found = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
    const failed = results.find((result) => result.status === "rejected");
    // Many servers know no IPv6: one family that answers is enough.
    if (found.length === 0 && failed) throw failed.reason;
    return found;
  };
}

/** With a dot at the end, so that a search domain with a wildcard of its own answers nothing; /etc/hosts is not read then. */
function lookUpWithMachine(name: string): Promise<string[]> {
  const absolute = name.endsWith(".") ? name : `${name}.`;
  return orNothing(systemLookup(absolute, { all: true }).then((found) => found.map(({ address }) => address)));
}

async function orNothing(answer: Promise<string[]>): Promise<string[]> {
  try {
    return await answer;
  } catch (error) {
    if (nothing.has((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
