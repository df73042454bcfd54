import { isAppError } from "@inkube/api";
import { isKubeError, type KubeError } from "@inkube/kube";
import type { Observation } from "./scope.ts";

/** What an error that stopped a reconcile tells a person. Other errors than ours may quote what they failed on, so they are not. */
export function judgeFailure(error: unknown): Observation {
  if (isKubeError(error, "forbidden") && isPassing(error)) {
    return { status: "False", reason: "Waiting", particulars: "The host namespace takes nothing new at the moment" };
  }
  return {
    status: "False",
    reason: isKubeError(error, "forbidden", "unauthorized") ? refusal(error) : "InternalError",
    particulars: isAppError(error) ? `${error.message} ${error.todo}` : isKubeError(error) ? error.message : "",
  };
}

/** A namespace that somebody deletes, and a quota that the host has not counted yet, refuse with the words of a lacking right. */
function isPassing({ details, explanation }: KubeError): boolean {
  const { causes = [] } = (details ?? {}) as { causes?: { reason?: string }[] };
  return causes.some(({ reason }) => reason === "NamespaceTerminating") || /status unknown for quota/.test(explanation);
}

function refusal({ explanation }: KubeError): Observation["reason"] {
  return /exceeded quota/.test(explanation) ? "QuotaTooSmall" : "HostRefused";
}
