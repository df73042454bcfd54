import { AppError } from "@inkube/api";
import { KubeError } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { judgeFailure } from "./failure.ts";

const forbidden = (explanation: string, causes: object[] = []): KubeError =>
  new KubeError({ code: "forbidden", message: `POST /x: ${explanation}`, explanation, details: { causes } });

describe("a reconcile that failed", () => {
  it.each([
    ["waits for a namespace that is going", forbidden("no", [{ reason: "NamespaceTerminating" }]), "Waiting"],
    ["waits for a quota that is not counted yet", forbidden("status unknown for quota: storage"), "Waiting"],
    ["names a quota that is used up", forbidden("exceeded quota: tiny, requested: pods=1"), "QuotaTooSmall"],
    ["names a lacking right", forbidden('User "agent" cannot create resource "services"'), "HostRefused"],
    ["names a lacking identity", new KubeError({ code: "unauthorized", message: "who?" }), "HostRefused"],
    ["has no name for anything else", new KubeError({ code: "server", message: "oops" }), "InternalError"],
  ])("%s", (_title, error, reason) => {
    expect(judgeFailure(error)).toMatchObject({ status: "False", reason });
  });

  it("says what one of our errors says, and nothing of one that may quote a secret", () => {
    const ours = new AppError("USAGE", "The port is taken.");
    expect(judgeFailure(ours).particulars).toContain("The port is taken.");
    expect(judgeFailure(new Error("bad key hunter2")).particulars).toBe("");
  });
});
