import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { impersonationText } from "./impersonation-text.ts";

describe("impersonationText", () => {
  it("arrives as the very name, for every name that it takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        let header: string;
        try {
          header = impersonationText(name);
        } catch {
          return;
        }
        // Node writes Latin-1, the server cuts blanks and reads UTF-8.
        expect(header).toMatch(/^[\t\x20-\x7e\x80-\xff]+$/);
        expect(Buffer.from(header.replace(/^[ \t]+|[ \t]+$/g, ""), "latin1").toString("utf8")).toBe(name);
      }),
    );
  });

  it("keeps apart what Latin-1 and UTF-8 would mix up", () => {
    expect(impersonationText("Ã¼")).not.toBe(impersonationText("ü"));
    expect(impersonationText("oidc:ada@example.com")).toBe("oidc:ada@example.com");
  });

  it.each(["admin ", " admin", "a\nb", "a\0", "", "\ud800", "\u00a0a"])("refuses %j", (name) => {
    expect(() => impersonationText(name)).toThrow(expect.objectContaining({ code: "KUBE_FORBIDDEN" }));
  });
});
