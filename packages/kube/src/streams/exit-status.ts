import { KubeError } from "../client/kube-error.ts";
import { errorFromStatus } from "../client/status-error.ts";

interface EndStatus {
  status?: string;
  reason?: string;
  message?: string;
  code?: number;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/** The exit code that a Status on the error channel reports. Throws KubeError when the process did not run to its end. */
export function exitCodeOf(text: string, place: string): number {
  let status: EndStatus;
  try {
    status = JSON.parse(text) as EndStatus;
  } catch {
    throw new KubeError({ code: "server", message: `${place}: ${text.slice(0, 500)}` });
  }
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find((each) => each.reason === "ExitCode");
  const code = Number(cause?.message);
  if (status.reason === "NonZeroExitCode" && Number.isInteger(code)) return code;
  throw errorFromStatus({ method: "EXEC", origin: "", path: place }, { code: 500, ...status });
}
