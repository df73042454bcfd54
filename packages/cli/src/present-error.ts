import { AppError, codeOfKubeFailure, fieldErrors, isAppError } from "@inkube/api";
import type { KubeError, KubeErrorCode } from "@inkube/kube";
import type { OutputFormat } from "./globals.ts";
import type { Colors } from "./output/colors.ts";
import { printable } from "./output/printable.ts";

const todos: Record<KubeErrorCode, string> = {
  unreachable: "Check that the cluster runs (inkube status) and that --kubeconfig names the right one.",
  unauthorized: "Get a kubeconfig with valid credentials.",
  forbidden: "Ask the administrator of the host for this right.",
  notFound: "Check the name and the project (-n).",
  alreadyExists: "Choose another name, or delete the one that is there.",
  conflict: "Somebody changed the object at the same time: try again.",
  invalid: "Change the fields that are named and try again.",
  gone: "Try again.",
  throttled: "The API server is busy: try again in a while.",
  timeout: "The API server is slow or away: try again.",
  server: "Look at the API server's log.",
  aborted: "",
};

/** Any error as an AppError; decided by class and code, never by text. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (isNamed(error, "KubeError")) return fromKubeError(error as KubeError);
  if (isNamed(error, "KubeconfigError")) {
    return new AppError("USAGE", error.message, {
      todo: "Name a kubeconfig with --kubeconfig, or make a host with inkube up.",
      cause: error,
    });
  }
  if (isNamed(error, "AbortError")) return new AppError("INTERRUPTED", "Interrupted", { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("INTERNAL", message, {
    todo: "This should not happen; with INKUBE_DEBUG=1 the whole trace is shown.",
    cause: error,
  });
}

/** Errors are known by name here: importing their classes would load the whole client before any command needs it. */
function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

function fromKubeError(error: KubeError): AppError {
  const [code, todo] = [codeOfKubeFailure[error.code], todos[error.code]];
  const fields = fieldErrors(error.details);
  if (fields.length > 0) {
    const message = fields.map(({ field, message }) => `${field}: ${message}`).join("\n");
    return new AppError(code, message, { todo, details: fields, cause: error });
  }
  if (error.code === "notFound" && /could not find the requested resource/.test(error.message)) {
    const install = "Install Inkube on this host first: inkube up makes one, the chart adds it to your own.";
    return new AppError(code, "This cluster does not know NestedCluster objects", { todo: install, cause: error });
  }
  return new AppError(code, error.message, { todo, cause: error });
}

/** What a person reads: what happened, then what to do. Ends with a line break. */
export function presentError(error: AppError, format: OutputFormat | undefined, colors: Colors): string {
  if (format === "json") {
    const { code, message, todo, details } = error;
    return `${JSON.stringify({ error: { code, message, ...(todo && { todo }), ...(details !== undefined && { details }) } })}\n`;
  }
  const [first = "", ...rest] = error.message.split("\n").map(printable);
  const lines = rest.length > 0 ? ["", ...[first, ...rest].map((line) => `  ${line}`)] : [` ${first}`];
  const todo = error.todo === "" ? "" : `${colors.bold("What to do:")} ${printable(error.todo)}\n`;
  return `${colors.red("Error:")}${lines.join("\n")}\n${todo}`;
}
