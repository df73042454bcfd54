import { join } from "node:path";
import { loadTestImages } from "@inkube/embedded";
import { type EndpointHost, endpointHost } from "./endpoints/endpoint-host.ts";
import { hostName } from "./inkube.ts";
import { must } from "./run.ts";

const program = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** A second embedded host without Inkube, for importing; taken down when disposed. */
export async function secondHost(): Promise<EndpointHost & AsyncDisposable> {
  const name = `${hostName}-edge`;
  const cli = (...args: string[]): Promise<string> => must(process.execPath, [program, "--embedded", name, ...args]);
  await cli("up", "--bare");
  await loadTestImages({ name, progress: (line) => process.stderr.write(`${line}\n`) });
  return {
    ...(await endpointHost(name)),
    async [Symbol.asyncDispose]() {
      await cli("down");
    },
  };
}
