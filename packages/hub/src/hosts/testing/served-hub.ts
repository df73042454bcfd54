import { type ServedAdmission, serveAdmission } from "../../admission/testing/serve-admission.ts";
import { startTestHub, type TestHub } from "../../testing/test-hub.ts";

/** A hub that real agents reach by HTTPS. */
export interface ServedHub extends AsyncDisposable {
  readonly test: TestHub;
  /** API key of its administrator. */
  readonly admin: string;
  readonly served: ServedAdmission;
}

/** Starts it. Needs the real kube-apiserver; dispose of it. */
export async function startServedHub(): Promise<ServedHub> {
  const test = await startTestHub();
  const [admin, served] = await Promise.all([test.adminKey(), serveAdmission(() => test.hub.server)]);
  return {
    test,
    admin,
    served,
    async [Symbol.asyncDispose]() {
      await served.close();
      await test[Symbol.asyncDispose]();
    },
  };
}
