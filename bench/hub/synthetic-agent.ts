import { agentPaths, type Report } from "@inkube/api";
import { type Logger, systemClock } from "@inkube/kube";
import { type OpenTunnel, openTunnel } from "@inkube/tunnel";
import { createHubClient, type HubClient } from "../../packages/agent/src/hub/hub-client.ts";
import { createReporter } from "../../packages/agent/src/hub/reporter.ts";
import { createWantedState, type WantedCluster, wantedKey } from "../../packages/agent/src/hub/wanted-state.ts";
import { type ReportedPhase, reportedPhase, statusOf } from "./fleet.ts";

const heartbeatMs = 5000;
const retryMs = { least: 250, most: 5000 };
const time = { clock: systemClock, random: Math.random };

export interface AgentOptions {
  url: string;
  ca: string;
  token: string;
  logger: Logger;
  signal: AbortSignal;
}

/** An agent without a cluster behind it, which speaks with the hub as a real one does. */
export class SyntheticAgent {
  readonly #options: AgentOptions;
  readonly #hub: HubClient;
  readonly #tunnel: OpenTunnel;
  readonly #reporter: ReturnType<typeof createReporter>;
  readonly #state = createWantedState();
  /** Of those that are not as they were at first. */
  readonly #phases = new Map<string, ReportedPhase>();
  /** Nested clusters of which the hub has not taken the last report. */
  readonly #untold = new Map<string, object>();
  /** Everything that the hub wants was told on the connection that there is now. */
  #synced = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { url, ca, token, logger, signal } = options;
    this.#hub = createHubClient({ url, ca, mode: "mirror", token: "" }, { token });
    this.#reporter = createReporter({ send: (report, stop) => this.#send(report, stop), logger, ...time });
    this.#tunnel = openTunnel({
      url: `${url.replace("https", "wss")}${agentPaths.tunnel}`,
      ca,
      headers: () => ({ authorization: `Bearer ${token}` }),
      handle: async () => ({ status: 200, headers: {}, body: "" }),
      logger,
      signal,
      ...time,
    });
  }

  /** Whether the hub can reach the host, and has told all that it wants of it. */
  get connected(): boolean {
    return this.#synced && this.#tunnel.connected;
  }

  /** Whether the hub also knows all that there is to tell. */
  get settled(): boolean {
    return this.connected && this.#untold.size === 0;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    await Promise.all([this.#reporter.run(signal), this.#beat(signal), this.#follow(signal)]);
    await this.#hub.close();
  }

  /** So many of the host's nested clusters get into this phase; returns how many were in another. */
  change(count: number, phase: ReportedPhase): number {
    const others = [...this.#state.keys()].filter((key) => this.#phaseOf(key) !== phase).slice(0, count);
    for (const key of others) this.#phases.set(key, phase);
    this.#report(others);
    return others.length;
  }

  #phaseOf(key: string): ReportedPhase {
    return this.#phases.get(key) ?? reportedPhase(key.split("/")[1] ?? "");
  }

  #report(keys: readonly string[]): void {
    for (const key of keys) {
      const wanted: WantedCluster | undefined = this.#state.get(key);
      if (!wanted) continue;
      const { project, name, uid } = wanted;
      const report = { project, name, uid, status: statusOf(name, project, this.#phaseOf(key)) };
      this.#untold.set(key, report);
      this.#reporter.add(report);
    }
  }

  async #send(report: Report, signal: AbortSignal): Promise<{ refused: string[] }> {
    const answer = await this.#hub.report(report, signal);
    for (const one of report.clusters ?? []) {
      if (this.#untold.get(wantedKey(one)) === one) this.#untold.delete(wantedKey(one));
    }
    if (answer.refused.length > 0) throw new Error(`The hub refused ${answer.refused.join(", ")}`);
    return answer;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.#state.begin();
        for await (const line of this.#hub.wanted(signal)) {
          failures = 0;
          this.#report(this.#state.take(line).keys);
          if (line.type === "synced") this.#synced = true;
        }
      } catch {
        // As after an end in order: dialled again.
      }
      this.#synced = false;
      failures += 1;
      const most = Math.min(retryMs.most, retryMs.least * 2 ** failures);
      await systemClock.sleep(most * (0.5 + Math.random() / 2), signal).catch(() => undefined);
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const capacity = { cpu: "4000", memory: "8000Gi", "ephemeral-storage": "20000Gi" };
    while (!signal.aborted) {
      this.#reporter.setHost({ version: "v1.34.4", agentVersion: "0.1.0", nodes: 12, capacity });
      // Not all at the same moment, as hosts do not start at the same moment.
      await systemClock.sleep(heartbeatMs * (0.5 + Math.random()), signal).catch(() => undefined);
    }
  }
}
