import { startRealApiServer } from "../real/real-api-server.ts";
import { describeApiServerContract } from "./describe-api-server-contract.ts";

// Without the binaries this fails instead of passing silently: whoever runs the real tests wants to know.
describeApiServerContract("The real kube-apiserver", async () => {
  // Nobody makes service accounts here, so pods are taken without one.
  const server = await startRealApiServer({ args: ["--disable-admission-plugins=ServiceAccount"] });
  return {
    config: server.config,
    bookmarkSeconds: 14,
    // The watch cache begins after the server wrote its own first objects.
    ancientVersion: () => "1",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
