import { describe, expect, it } from "vitest";
import { commands } from "./commands/index.ts";
import { parseCommandLine } from "./program.ts";

function parse(line: string) {
  let printed = "";
  const output = {
    out: (text: string) => {
      printed += text;
    },
    columns: 100,
  };
  const invocation = parseCommandLine(line.split(" ").filter(Boolean), commands, output);
  return { invocation, printed };
}

describe("a command line", () => {
  const globalCases: [string, object][] = [
    ["list", { project: "default", color: true, quiet: false }],
    ["list -n team-a", { project: "team-a" }],
    ["-n team-a list", { project: "team-a" }],
    ["-n team-a list -n team-b", { project: "team-b" }],
    ["--embedded e2e create demo -o json", { embedded: "e2e", output: "json" }],
    ["list --no-color -q", { color: false, quiet: true }],
    ["--no-color list", { color: false }],
    ["list --kubeconfig k --context c --state-dir s", { kubeconfig: "k", context: "c", stateDir: "s" }],
    ["explain pod/web -n shop --project team-a", { project: "team-a" }],
    ["-n team-a explain pod/web -n shop", { project: "team-a" }],
  ];
  it.each(globalCases)("%s has global options before and after the command", (line, expected) => {
    expect(parse(line).invocation?.globals).toMatchObject(expected);
  });

  const commandCases: [string, string, object, object][] = [
    ["create demo", "create", { name: "demo" }, { wait: true, timeout: 300_000, connect: false, cpu: undefined }],
    ["create demo --no-wait --timeout 90s --pods 20", "create", {}, { wait: false, timeout: 90_000, pods: 20 }],
    ["create -f x.yaml --version v1.34.4", "create", { name: undefined }, { file: "x.yaml", version: "v1.34.4" }],
    ["delete a b --yes", "delete", { names: ["a", "b"] }, { yes: true, wait: true }],
    ["connect demo", "connect", { name: "demo", command: [] }, {}],
    [
      "connect demo -- kubectl get pods -A -o json",
      "connect",
      { command: ["kubectl", "get", "pods", "-A", "-o", "json"] },
      {},
    ],
    ["explain pod/web -n shop", "explain", { object: "pod/web" }, { namespace: "shop" }],
    ["explain pod/web", "explain", {}, { namespace: "default", cluster: undefined }],
    ["logs demo -f --tail 5 --since 1h30m", "logs", {}, { follow: true, tail: 5, since: 5_400_000 }],
    ["up", "up", {}, { name: "demo", demo: true }],
    ["up --no-demo", "up", {}, { demo: false }],
    ["down --purge", "down", {}, { purge: true }],
  ];
  it.each(commandCases)("%s is understood", (line, name, args, options) => {
    const { invocation } = parse(line);
    expect(invocation?.command.name).toBe(name);
    expect(invocation?.args).toMatchObject(args);
    expect(invocation?.options).toMatchObject(options);
  });

  const errorCases: [string, RegExp][] = [
    ["", /No command/],
    ["frobnicate", /unknown command 'frobnicate'/],
    ["list --bogus", /unknown option '--bogus'/],
    ["list extra", /too many arguments/],
    ["describe", /missing required argument 'name'/],
    ["delete", /missing required argument 'names'/],
    ["create demo --cpu", /argument missing/],
    ["create demo --pods many", /not a whole number/],
    ["create demo --timeout soon", /not a duration/],
    ["list -o xml", /not an output format/],
  ];
  it.each(errorCases)("%j is refused as bad usage", (line, message) => {
    expect(() => parse(line)).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringMatching(message) }),
    );
  });

  it.each(commands.map((command) => command.name))("%s --help says what it does and runs nothing", (name) => {
    const { invocation, printed } = parse(`${name} --help`);
    const summary = commands.find((command) => command.name === name)?.summary ?? "?";
    expect(invocation).toBeUndefined();
    expect(printed.replace(/\s+/g, " ")).toContain(summary);
    expect(printed).toContain("--project");
  });

  it.each(commands)("$name has examples in its help, which are understood", ({ name, description = "" }) => {
    const [, examples = ""] = description.split(/^Examples?:\n/m);
    const own = examples.split("\n").filter((line) => line.includes(`inkube ${name}`));
    expect(own.length).toBeGreaterThan(0);
    for (const line of own) {
      // What a shell would take for itself ends or quotes the words.
      const [, words = ""] = new RegExp(`inkube (${name}[^|>)]*)`).exec(line) ?? [];
      expect(parse(words.replace(/"[^"]*"/g, "TEXT")).invocation?.command.name, line).toBe(name);
    }
  });

  it("without anything but --help lists every command", () => {
    const { printed } = parse("--help");
    for (const { name } of commands) expect(printed).toContain(`  ${name.split(" ")[0]} `);
  });
});
