import { request } from "node:https";

export type ProbeAnswer = { ready: true } | { ready: false; why: string };

/** Asks an API server at its endpoint whether it is ready; never throws. */
export type ProbeEndpoint = (url: string, ca: string, signal: AbortSignal) => Promise<ProbeAnswer>;

const timeoutMs = 3000;

/** A real TLS dial with the cluster's own CA, `GET /readyz`, one connection a call. */
export const probeOverTls: ProbeEndpoint = (url, ca, signal) =>
  new Promise((resolve) => {
    const no = (why: string): void => resolve({ ready: false, why });
    const call = request(`${url}/readyz`, { ca, agent: false, signal, timeout: timeoutMs }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve({ ready: true });
      else no(`answered with status ${answer.statusCode}`);
    });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    call.on("error", (error: NodeJS.ErrnoException) => no(error.code ?? error.message));
    call.end();
  });
