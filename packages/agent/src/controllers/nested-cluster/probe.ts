import { request } from "node:https";

export type ProbeAnswer = { ready: true } | { ready: false; why: string };

/** Asks an API server at its endpoint whether it is ready; never throws. */
export type ProbeEndpoint = (url: string, ca: string, signal: AbortSignal) => Promise<ProbeAnswer>;

const answerTimeoutMs = 3000;
/** A first packet that got lost is sent again only after a second; a new connection is there sooner. */
const connectTimeoutMs = 400;
const connectAttempts = 3;

/** A real TLS dial with the cluster's own CA, `GET /readyz`, on a connection of its own. */
export const probeOverTls: ProbeEndpoint = async (url, ca, signal) => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(url, ca, signal);
    if (answer.ready || answer.why !== noConnection || attempt === connectAttempts) return answer;
  }
};

const noConnection = "no connection";

function ask(url: string, ca: string, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const no = (why: string): void => resolve({ ready: false, why });
    const call = request(`${url}/readyz`, { ca, agent: false, signal, timeout: answerTimeoutMs }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve({ ready: true });
      else no(`answered with status ${answer.statusCode}`);
    });
    const connecting = setTimeout(() => call.destroy(new Error(noConnection)), connectTimeoutMs);
    call.on("socket", (socket) => socket.once("connect", () => clearTimeout(connecting)));
    call.on("timeout", () => call.destroy(new Error(`no answer within ${answerTimeoutMs / 1000} s`)));
    call.on("error", (error: NodeJS.ErrnoException) => no(error.code ?? error.message));
    call.on("close", () => clearTimeout(connecting));
    call.end();
  });
}
