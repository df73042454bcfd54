/**
 * All synthetic agents and the network between them and the hub. Told by its parent process.
 * @module
 */
import { collectingLogger, startCuttableProxy } from "@inkube/kube/testing";
import type { AgentsMessage, AgentsSetup } from "./agents.ts";
import { SyntheticAgent } from "./synthetic-agent.ts";

const logger = { ...collectingLogger(), child: () => logger };
const stop = new AbortController();

async function start({ url, ca, tokens }: AgentsSetup): Promise<(message: AgentsMessage) => unknown> {
  const network = await startCuttableProxy({ server: url, ca });
  const agents = tokens.map(
    (token) => new SyntheticAgent({ url: network.config.server, ca, token, logger, signal: stop.signal }),
  );
  for (const agent of agents) void agent.run();
  return (message) => {
    switch (message.do) {
      case "count":
        return {
          connected: agents.filter((agent) => agent.connected).length,
          settled: agents.filter((agent) => agent.settled).length,
        };
      case "cut":
        return network.cut();
      case "change":
        return agents.reduce((sum, agent) => sum + agent.change(message.each, message.phase), 0);
    }
  };
}

process.once("message", (setup: AgentsSetup) => {
  void start(setup).then((answer) => {
    process.on("message", (message: AgentsMessage) => process.send?.(answer(message) ?? "done"));
    process.send?.("started");
  });
});
process.on("disconnect", () => process.exit());
