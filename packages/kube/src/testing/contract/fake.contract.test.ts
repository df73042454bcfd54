import { startFakeApiServer } from "../fake/fake-api-server.ts";
import { describeApiServerContract } from "./describe-api-server-contract.ts";

describeApiServerContract("The fake API server", async () => {
  const server = await startFakeApiServer({ requireNamespaces: true, bookmarkIntervalMs: 200 });
  return {
    config: server.config,
    bookmarkSeconds: 1,
    ancientVersion: () => {
      server.faults.compact();
      return "1";
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
