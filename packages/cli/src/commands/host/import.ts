import { AppError } from "@inkube/api";
import { defineCommand } from "../../command.ts";
import { joinOptions } from "./join-options.ts";

export const hostImport = defineCommand({
  name: "host import",
  summary: "Let a cluster join the hub as a host, and print the command to run there",
  description: `The cluster's agent dials out to the hub; nothing dials in. Run it again for another command, or with --access full to give
the agent of a read-only host full access.

With --from every kubeconfig in a folder is imported, by the rights that it has: hosts are named after the files, and the agent is
installed at once.

Examples:
  inkube host import edge-1 --endpoint LoadBalancer
  inkube host import audited --access read-only
  inkube host import --from kubeconfigs/ --endpoint Hub --wait`,
  arguments: [{ name: "name", description: "name of the host in the hub" }],
  options: {
    ...joinOptions,
    from: {
      kind: "string",
      placeholder: "DIR",
      description: "import the cluster of every kubeconfig in this folder",
      complete: "file",
    },
    context: { kind: "string", placeholder: "NAME", description: "with --from: context to use in every file" },
    unique: { kind: "boolean", description: "with --from: append eight random digits to each name" },
  },
  async run({ args: { name }, options: { from, ...options } }, context) {
    if (from !== undefined && name === undefined) {
      const { importFolder } = await import("../../actions/import-folder.ts");
      return importFolder(from, options, context);
    }
    if (name === undefined || from !== undefined || options.unique || options.context !== undefined) {
      throw new AppError("USAGE", "Name one host, or a folder with --from, --unique and --context", {
        todo: "See inkube host import --help.",
      });
    }
    const { importHost } = await import("../../actions/import-host.ts");
    return importHost(name, options, context);
  },
});
