import { isKubeError, type ResourceType } from "@inkube/kube";
import type { FairSemaphore } from "./fair-semaphore.ts";
import { judgeHostError } from "./host-refusal.ts";
import type { Metrics } from "./metrics.ts";
import type { RequestGate } from "./side.ts";

const help = "Requests of the syncer by side, kind, verb and result";

/** Host requests wait for their cluster's turn, are counted, and their refusals are told apart from failures. */
export function hostGate(party: string, slots: FairSemaphore, metrics: Metrics): RequestGate {
  return async (verb, type, request) => {
    try {
      const answer = await slots.run(party, request);
      count(metrics, "host", verb, type, "ok");
      return answer;
    } catch (error) {
      count(metrics, "host", verb, type, resultOf(error));
      throw judgeHostError(verb, error);
    }
  };
}

/** Requests to a nested API are counted only: their number is limited by that cluster's own connections. */
export function nestedGate(metrics: Metrics): RequestGate {
  return async (verb, type, request) => {
    try {
      const answer = await request();
      count(metrics, "nested", verb, type, "ok");
      return answer;
    } catch (error) {
      count(metrics, "nested", verb, type, resultOf(error));
      throw error;
    }
  };
}

function count(metrics: Metrics, side: string, verb: string, type: ResourceType, result: string): void {
  metrics.count("inkube_requests_total", help, { side, kind: type.plural, verb, result });
}

function resultOf(error: unknown): string {
  return isKubeError(error) ? error.code : "error";
}
