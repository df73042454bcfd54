export { aConfigMap, aNamespace, aNode, aPod, aSecret, aService, type Given } from "./builders.ts";
export { type CollectingLogger, collectingLogger, type LogEntry } from "./collecting-logger.ts";
export {
  type FakeApiServer,
  type FakeApiServerOptions,
  type Faults,
  startFakeApiServer,
} from "./fake/fake-api-server.ts";
export type { Fault, FaultRule, SeenRequest } from "./fake/faults.ts";
export type { RequestHook } from "./fake/request-handler.ts";
export { FakeClock } from "./fake-clock.ts";
export { type CuttableProxy, startCuttableProxy } from "./real/cuttable-proxy.ts";
export {
  type RealApiServer,
  type RealApiServerOptions,
  realApiServerAvailable,
  startRealApiServer,
} from "./real/real-api-server.ts";
export { seededRandom } from "./seeded-random.ts";
