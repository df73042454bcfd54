import { defineCommand } from "../command.ts";
import { shells } from "../completion/shells.ts";

export const completion = defineCommand({
  name: "completion",
  summary: "Print a completion script for a shell",
  description: `Examples:
  source <(inkube completion bash)
  inkube completion zsh > "\${fpath[1]}/_inkube"
  inkube completion fish > ~/.config/fish/completions/inkube.fish`,
  arguments: [{ name: "shell", description: shells.join(", "), required: true, complete: shells }],
  options: {},
  async run({ args }, context) {
    const [{ completionScript }, { commands }] = await Promise.all([
      import("../completion/completion-script.ts"),
      import("./index.ts"),
    ]);
    context.io.stdout.write(completionScript(args.shell, commands));
  },
});
