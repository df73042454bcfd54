import { defineCommand } from "../command.ts";

export const login = defineCommand({
  name: "login",
  summary: "Sign in to a hub",
  description: `Without an address the hub on the embedded host of this machine is meant, and you become its first administrator if nobody
is yet. Commands go through the hub from then on; --kubeconfig and --embedded lead past it.

Examples:
  inkube login
  inkube login https://hub.example.com
  inkube login https://hub.example.com --token-file key.txt`,
  arguments: [{ name: "url", description: "address of the hub" }],
  options: {
    "token-file": {
      kind: "string",
      placeholder: "FILE",
      description: "file with an API key, or the first administrator's one-time token; - is standard input",
      complete: "file",
    },
    "ca-file": {
      kind: "string",
      placeholder: "FILE",
      description: "authority of the hub's certificate (PEM), when the machine does not trust it",
      complete: "file",
    },
  },
  async run({ args, options }, context) {
    const { signIn } = await import("../actions/sign-in.ts");
    await signIn({ url: args.url, tokenFile: options["token-file"], caFile: options["ca-file"] }, context);
  },
});
