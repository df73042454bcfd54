import { AppError } from "@inkube/api";

/** What a header cannot carry as it is: servers cut blanks at the ends, and refuse control characters. */
const unfit = /^\s|\s$|\p{Cc}/u;

/**
 * A name as it goes into an impersonation header. Headers are bytes to Kubernetes, which reads them as UTF-8, and Latin-1 to Node: without
 * this a user `Ã¼` would be taken for `ü`, and `admin ` for `admin`. Throws AppError KUBE_FORBIDDEN for a name that would not arrive
 * as it is.
 */
export function impersonationText(name: string): string {
  if (unfit.test(name) || !name.isWellFormed() || name === "") {
    throw new AppError("KUBE_FORBIDDEN", `The name ${JSON.stringify(name)} cannot be told to Kubernetes`, {
      todo: "Ask who manages the users to change it.",
    });
  }
  return Buffer.from(name, "utf8").toString("latin1");
}
