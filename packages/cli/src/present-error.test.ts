import { AppError } from "@inkube/api";
import { KubeconfigError, KubeError, type KubeErrorCode } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { createColors } from "./output/colors.ts";
import { presentError, toAppError } from "./present-error.ts";

const colors = createColors(false);

describe("toAppError", () => {
  const codes: [KubeErrorCode, string, number][] = [
    ["unreachable", "KUBE_UNREACHABLE", 7],
    ["unauthorized", "AUTH_REQUIRED", 6],
    ["forbidden", "KUBE_FORBIDDEN", 6],
    ["notFound", "KUBE_NOT_FOUND", 3],
    ["alreadyExists", "KUBE_ALREADY_EXISTS", 4],
    ["conflict", "KUBE_CONFLICT", 4],
    ["invalid", "SPEC_INVALID", 5],
    ["gone", "KUBE_SERVER", 7],
    ["throttled", "KUBE_THROTTLED", 7],
    ["timeout", "KUBE_UNREACHABLE", 7],
    ["server", "KUBE_SERVER", 7],
    ["aborted", "INTERRUPTED", 130],
  ];
  it.each(codes)("turns %s of an API server into %s, exit code %i", (code, expected, exitCode) => {
    expect(toAppError(new KubeError({ code, message: "x" }))).toMatchObject({ code: expected, exitCode });
  });

  it("knows the errors of kubeconfigs, and leaves its own alone", () => {
    const own = new AppError("TIMEOUT", "x");
    expect(toAppError(own)).toBe(own);
    expect(toAppError(new KubeconfigError("x"))).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(toAppError("what")).toMatchObject({ code: "INTERNAL", exitCode: 1 });
  });

  it("says refused fields in the server's words, without its echo of whole objects", () => {
    const causes = [
      { field: "spec.size.cpu", message: 'Invalid value: "object": cpu 1m is too small: set at least 500m' },
      { field: "<nil>", message: "Invalid value: null: some validation rules were not checked" },
      { field: "spec.distro", message: 'Unsupported value: "rke2": supported values: "k8s", "k3s"' },
    ];
    const error = toAppError(new KubeError({ code: "invalid", message: "x is invalid: …", details: { causes } }));
    expect(error.message).toBe(
      'spec.size.cpu: cpu 1m is too small: set at least 500m\nspec.distro: Unsupported value: "rke2": supported values: "k8s", "k3s"',
    );
  });
});

describe("presentError", () => {
  it("says what happened, then what to do", () => {
    const error = new AppError("KUBE_NOT_FOUND", "There is no demo", { todo: "Run inkube list." });
    expect(presentError(error, undefined, colors)).toBe("Error: There is no demo\nWhat to do: Run inkube list.\n");
  });

  it("puts several complaints on lines of their own", () => {
    expect(presentError(new AppError("SPEC_INVALID", "a: x\nb: y"), undefined, colors)).toBe(
      "Error:\n  a: x\n  b: y\n",
    );
  });

  it("is one line of JSON with -o json", () => {
    const error = new AppError("SPEC_INVALID", "a: x", { details: [{ field: "a", message: "x" }] });
    expect(JSON.parse(presentError(error, "json", colors))).toEqual({
      error: { code: "SPEC_INVALID", message: "a: x", details: [{ field: "a", message: "x" }] },
    });
  });

  it("lets no server move the cursor", () => {
    const shown = presentError(new AppError("KUBE_SERVER", "bad \u001B[2J\u202Etxt"), undefined, colors);
    expect(shown).toBe("Error: bad \\u{1b}[2J\\u{202e}txt\n");
  });
});
