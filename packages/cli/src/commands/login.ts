import { defineCommand } from "../command.ts";

export const login = defineCommand({
  name: "login",
  summary: "Sign in to a hub",
  description: `Without an address the hub on the embedded host of this machine is meant: its administrator is whoever rules that host, as you
do. At any other hub you sign in with a browser, or with a key from a file. Commands go through the hub from then on; --kubeconfig
and --embedded lead past it.

Examples:
  inkube login
  inkube login https://hub.example.com
  inkube login https://hub.example.com --no-browser
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
    browser: {
      kind: "boolean",
      default: true,
      negatable: true,
      description: "print the address of the sign-in and open no browser; one on this machine has to be used",
    },
  },
  async run({ args, options }, context) {
    const { signIn } = await import("../actions/sign-in.ts");
    const { "token-file": tokenFile, "ca-file": caFile, browser } = options;
    await signIn({ url: args.url, tokenFile, caFile, browser }, context);
  },
});
