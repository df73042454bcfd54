import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePrivateFile } from "../kubeconfig/private-file.ts";
import type { SignedIn } from "./hub-config.ts";

/** Where and how the hub on an embedded host is reached. */
export type HubFacts = Pick<SignedIn, "url" | "ca">;

const file = "hub.json";

/** Keeps what `inkube login` needs beside the embedded host. */
export function writeHubFacts(dir: string, facts: HubFacts): Promise<void> {
  return writePrivateFile(join(dir, file), `${JSON.stringify(facts, null, 2)}\n`);
}

/** Undefined when there is no hub on that host. */
export async function readHubFacts(dir: string): Promise<HubFacts | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, file), "utf8")) as HubFacts;
  } catch {
    return undefined;
  }
}
