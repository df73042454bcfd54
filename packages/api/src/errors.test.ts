import { describe, expect, it } from "vitest";
import { AppError, errorTable, isAppError } from "./errors.ts";

describe("AppError", () => {
  it("takes status, exit code and retry from the table", () => {
    const error = new AppError("KUBE_NOT_FOUND", "There is no nested cluster demo", { todo: "Run inkube list." });
    expect(error).toMatchObject({ status: 404, exitCode: 3, retry: "never", todo: "Run inkube list." });
  });

  it("is recognised by code", () => {
    const error: unknown = new AppError("TIMEOUT", "demo is not ready");
    expect(isAppError(error)).toBe(true);
    expect(isAppError(error, "TIMEOUT", "INTERNAL")).toBe(true);
    expect(isAppError(error, "USAGE")).toBe(false);
    expect(isAppError(new Error("x"))).toBe(false);
  });
});

describe("errorTable", () => {
  it("gives no error the exit code of success, and 2 to usage alone", () => {
    const codes = Object.entries(errorTable);
    expect(codes.filter(([, { exitCode }]) => exitCode < 1 || exitCode > 130)).toEqual([]);
    expect(codes.filter(([, { exitCode }]) => exitCode === 2).map(([code]) => code)).toEqual(["USAGE"]);
  });
});
