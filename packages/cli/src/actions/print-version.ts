import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import manifest from "../../package.json" with { type: "json" };
import type { CommandContext } from "../context.ts";
import { structured } from "../output/structured.ts";
import { toAppError } from "../present-error.ts";

/** Prints the client's version, and the host's when it can be asked; an absent host is no error. */
export async function printVersion(clientOnly: boolean, context: CommandContext): Promise<void> {
  const hostVersion = clientOnly ? undefined : await askHost(context);
  const versions = { client: `v${manifest.version}`, ...(hostVersion && { host: hostVersion }) };
  const text = await structured(versions, context.globals.output);
  if (text !== undefined) return context.io.stdout.write(text);
  context.io.stdout.write(`inkube ${versions.client}\n${hostVersion ? `host ${hostVersion}\n` : ""}`);
}

async function askHost(context: CommandContext): Promise<string | undefined> {
  try {
    const host = await context.host();
    const answer = await host.raw({ method: "GET", path: "/version", signal: context.signal });
    const body = await readText(Readable.from(answer.body));
    return answer.status === 200 ? (JSON.parse(body) as { gitVersion: string }).gitVersion : undefined;
  } catch (error) {
    context.progress.log(`The host does not answer: ${toAppError(error).message}`);
    return undefined;
  }
}
