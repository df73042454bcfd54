import { type ChildProcess, spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { component, type EndpointHost, insideNetwork } from "./endpoint-host.ts";

export interface WildcardDnsOptions {
  /** Names directly and further below it are answered, such as `clusters.test`. */
  zone: string;
  /** Default: there are no names. */
  address?: string;
  /** Where it answers: on the node's address of a host, for its pods and the machine; by default on the machine's loopback. */
  host?: EndpointHost;
  /** Default: any that is free. Resolvers of the machine ask 53 only. */
  port?: number;
}

export interface WildcardDns extends AsyncDisposable {
  readonly zone: string;
  readonly ip: string;
  readonly port: number;
  /** Answers with other addresses from now on, or without any that there is no such name. Resolves when it does so. */
  answer(...addresses: string[]): Promise<void>;
}

/** Starts a real CoreDNS that has the same addresses for every name of a zone. It ends when disposed, or with this process. */
export async function startWildcardDns(options: WildcardDnsOptions): Promise<WildcardDns> {
  const { zone, address, host } = options;
  const ip = host?.nodeIP ?? "127.0.0.1";
  const port = options.port ?? (await freePort());
  const program = await component("coredns");
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-dns-"));
  const file = join(folder, "Corefile");
  const write = (addresses: string[]) => writeFile(file, corefile({ zone, ip, port, addresses }));
  const first = address === undefined ? [] : [address];
  await write(first);
  const server = start([...(host === undefined ? [] : insideNetwork(host)), program, "-conf", file]);
  const until = (addresses: string[]) => eventually(() => expectAnswer({ zone, ip, port, addresses }), undefined, 50);
  await until(first);
  return {
    zone,
    ip,
    port,
    async answer(...addresses) {
      await write(addresses);
      server.kill("SIGUSR1");
      await until(addresses);
    },
    async [Symbol.asyncDispose]() {
      if (server.exitCode === null && server.kill("SIGKILL")) await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Answers {
  zone: string;
  ip: string;
  port: number;
  addresses: readonly string[];
}

/** Nothing may outlive a test run that is killed. */
function start(argv: readonly string[]): ChildProcess {
  return spawn("setpriv", ["--pdeathsig", "KILL", ...argv], { stdio: ["ignore", "ignore", "inherit"] });
}

function corefile({ zone, ip, port, addresses }: Answers): string {
  const answers = addresses.map((address) => `        answer "{{ .Name }} 1 IN A ${address}"`).join("\n");
  const known = `    template IN A ${zone} {
        match "[.]${zone.replaceAll(".", "[.]")}[.]$"
${answers}
    }
    template ANY ANY ${zone} {
        rcode NOERROR
    }`;
  const unknown = `    template ANY ANY ${zone} {
        rcode NXDOMAIN
    }`;
  return `${zone}:${port} {\n    bind ${ip}\n${addresses.length > 0 ? known : unknown}\n}\n`;
}

async function expectAnswer({ zone, ip, port, addresses }: Answers): Promise<void> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([`${ip}:${port}`]);
  const found = await resolver.resolve4(`any.${zone}`).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOTFOUND") return [];
    throw error;
  });
  if (found.sort().join() !== addresses.toSorted().join()) throw new Error(`${zone} still answers ${found.join()}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}
