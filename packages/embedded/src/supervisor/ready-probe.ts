import { readFileSync } from "node:fs";
import { get } from "node:https";
import { connect } from "node:net";
import type { ReadyProbe } from "./process-spec.ts";

const timeoutMs = 2_000;

/** Asks once; false for every kind of failure. */
export function probe(target: ReadyProbe): Promise<boolean> {
  return target.kind === "unix" ? probeSocket(target.path) : probeHttps(target.url, target.caPath);
}

function probeSocket(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const finish = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.on("connect", () => finish(true));
    socket.on("error", () => finish(false));
  });
}

function probeHttps(url: string, caPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { ca: readFileSync(caPath), timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
