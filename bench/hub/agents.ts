import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { CredentialStore } from "../../packages/hub/src/credentials/credential-store.ts";
import { eachOf, type FleetSize, hostNames, type ReportedPhase } from "./fleet.ts";

/** What the process of the agents is told first: the hub, and the credential of each host. */
export interface AgentsSetup {
  url: string;
  ca: string;
  tokens: string[];
}

export type AgentsMessage = { do: "count" } | { do: "cut" } | { do: "change"; each: number; phase: ReportedPhase };

export interface AgentsCount {
  /** Those that the hub can reach and has told all that it wants. */
  connected: number;
  /** Of these, those that have told it all there is to tell. */
  settled: number;
}

/** An agent for every host, all in one process. */
export interface Agents extends Disposable {
  readonly pid: number;
  count(): Promise<AgentsCount>;
  /** Breaks all their connections at once. */
  cut(): Promise<void>;
  /** On each host so many nested clusters get into this phase; returns how many were in another. */
  change(each: number, phase: ReportedPhase): Promise<number>;
}

/** Gives each host a credential, as it has after it joined, and starts its agent. */
export async function startAgents(
  hub: { url: string; ca: string },
  credentials: CredentialStore,
  size: FleetSize,
): Promise<Agents> {
  const tokens: string[] = [];
  await eachOf(hostNames(size), async (host) => {
    tokens.push((await credentials.issue({ kind: "host", subject: host, name: host })).token);
  });
  const child = fork(join(import.meta.dirname, "agent-program.ts"));
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: answers come in the order of the questions. */
  const tell = (message: AgentsSetup | AgentsMessage): Promise<unknown> => {
    last = last.then(async () => {
      const answer = once(child, "message");
      child.send(message);
      return (await answer)[0];
    });
    return last;
  };
  await tell({ ...hub, tokens });
  return {
    pid: child.pid ?? 0,
    count: async () => (await tell({ do: "count" })) as AgentsCount,
    cut: async () => void (await tell({ do: "cut" })),
    change: async (each, phase) => Number(await tell({ do: "change", each, phase })),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
