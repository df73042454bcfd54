import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastLine } from "./last-line.ts";

describe("lastLine", () => {
  it.each([
    ["nothing", undefined, ""],
    ["blank lines", "first\nlast\n\n  \n", "last"],
    [
      "a path",
      "open /etc/kubernetes/pki/front-proxy-client.crt: no such file",
      "open /etc/kubernetes/pki/front-proxy-client.crt: no such file",
    ],
    ["a password in a URL", "dial mysql://root:hunter2@db:3306 failed", "dial mysql[hidden]db:3306 failed"],
    ["a bearer token", "Authorization: Bearer: abc.def", "Authorization: [hidden]"],
    ["a signed token", `got ${"eyJhbGciOiJSUzI1NiIsImtpZCI6IjE".repeat(2)}.rest`, "got [hidden].rest"],
    ["terminal colours", "\u001b[31mred\u001b[0m", "[31mred [0m"],
  ])("handles %s", (_title, output, expected) => {
    expect(lastLine(output)).toBe(expected);
  });

  it("hides a private key wherever it stands", () => {
    const output = "failed\n-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n";
    expect(lastLine(output)).toBe("[hidden]");
    expect(lastLine(output.slice(0, 40))).toBe("[hidden]");
  });

  it("is always one short printable line", () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 0x2ff }), { maxLength: 400 });
    const output = bytes.map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(output, (text) => /^[\x20-\x7e]{0,200}…?$/.test(lastLine(text))));
  });
});
