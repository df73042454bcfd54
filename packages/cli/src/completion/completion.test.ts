import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { commands } from "../commands/index.ts";
import { completionScript } from "./completion-script.ts";
import { shells } from "./shells.ts";

/** What bash offers at the end of a line, with a stand-in for the program itself. */
async function complete(line: string): Promise<string[]> {
  const words = line.split(" ");
  const script = `${completionScript("bash", commands)}
inkube() { echo nestedcluster.inkube.dev/demo; echo nestedcluster.inkube.dev/other; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_inkube; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["--norc", "-c", script]);
  return stdout.split("\n").filter(Boolean);
}

describe("completion in bash", () => {
  const cases: [string, string[]][] = [
    ["inkube de", ["describe", "delete"]],
    ["inkube describe ", ["demo", "other"]],
    ["inkube -n team-a delete de", ["demo"]],
    ["inkube create x --endpoint ", ["ClusterIP", "NodePort", "LoadBalancer", "Ingress", "Gateway", "Hub"]],
    ["inkube host ", ["add", "import", "list", "describe", "update", "drain", "remove"]],
    ["inkube create x --pod-s", ["--pod-security"]],
    ["inkube list -o ", ["json", "yaml", "wide", "name"]],
    ["inkube completion ", ["bash", "zsh", "fish"]],
    ["inkube logs demo --part k", ["kine", "kube-apiserver", "kube-controller-manager", "k3s"]],
    ["inkube create x --cpu ", []],
    ["inkube connect demo -- kubectl ", []],
  ];
  it.each(cases)("%j offers %j", async (line, expected) => {
    expect(await complete(line)).toEqual(expected);
  });
});

describe("completionScript", () => {
  it.each(shells)("for %s knows every command and option", (shell) => {
    const script = completionScript(shell, commands);
    for (const command of commands) {
      for (const word of command.name.split(" ")) expect(script).toContain(word);
      for (const [name, { negatable }] of Object.entries(command.options)) {
        expect(script).toContain(negatable ? `no-${name}` : name);
      }
    }
  });

  it("knows no other shell", () => {
    expect(() => completionScript("csh", commands)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
