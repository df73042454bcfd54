import { AppError } from "@inkube/api";
import type { OptionSpec, OptionValues } from "./command.ts";

export const outputFormats = ["json", "yaml", "wide", "name"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** Options that every command takes, before or after its name. */
export const globalOptions = {
  kubeconfig: {
    kind: "string",
    placeholder: "FILE",
    description:
      "kubeconfig of a host, past the hub (default: $INKUBE_KUBECONFIG, the hub, the embedded host's, kubectl's own)",
    complete: "file",
  },
  context: { kind: "string", placeholder: "NAME", description: "context in that kubeconfig" },
  project: {
    kind: "string",
    short: "n",
    placeholder: "NAME",
    default: "default",
    description: "project (host namespace) of the nested clusters",
  },
  output: {
    kind: "string",
    short: "o",
    placeholder: "FORMAT",
    description: `output format: ${outputFormats.join(", ")}`,
    complete: outputFormats,
  },
  "state-dir": {
    kind: "string",
    placeholder: "DIR",
    description: "where embedded hosts are kept (default: $INKUBE_STATE_DIR, then /var/lib/inkube)",
  },
  embedded: { kind: "string", placeholder: "NAME", description: "name of the embedded host (default: inkube)" },
  hub: {
    kind: "string",
    placeholder: "URL",
    description: "hub to talk to (default: $INKUBE_HUB, then the one that you signed in to last)",
  },
  color: { kind: "boolean", negatable: true, default: true, description: "no colours" },
  quiet: { kind: "boolean", short: "q", description: "no progress, only results and errors" },
} as const satisfies Record<string, OptionSpec>;

export interface Globals {
  kubeconfig?: string;
  context?: string;
  project: string;
  output?: OutputFormat;
  stateDir?: string;
  /** Present only when the person named an embedded host. */
  embedded?: string;
  hub?: string;
  color: boolean;
  quiet: boolean;
}

/** Checks what the parser found. Throws AppError USAGE. */
export function readGlobals(values: Partial<OptionValues<typeof globalOptions>>): Globals {
  const format = values.output;
  if (format !== undefined && !outputFormats.some((known) => known === format)) {
    throw new AppError("USAGE", `-o ${format} is not an output format`, {
      todo: `Use one of ${outputFormats.join(", ")}.`,
    });
  }
  return {
    ...(values.kubeconfig && { kubeconfig: values.kubeconfig }),
    ...(values.context && { context: values.context }),
    project: values.project ?? globalOptions.project.default,
    ...(format && { output: format as OutputFormat }),
    ...(values["state-dir"] && { stateDir: values["state-dir"] }),
    ...(values.embedded && { embedded: values.embedded }),
    ...(values.hub && { hub: values.hub }),
    color: values.color ?? true,
    quiet: values.quiet ?? false,
  };
}
