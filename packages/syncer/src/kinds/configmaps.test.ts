import { describe, expect, it } from "vitest";
import { configmaps } from "./configmaps.ts";
import { aContext, aNested } from "./kind-fixtures.ts";
import { secrets } from "./secrets.ts";

describe("ConfigMaps and Secrets", () => {
  it.each([configmaps, secrets])("are on the host while they are used", (kind) => {
    const used = aContext({ used: [`${kind.kind}/default/settings`] });
    expect(kind.decide(aNested("settings"), used)).toEqual({ sync: true });
    expect(kind.decide(aNested("settings"), aContext())).toEqual({ sync: false, reason: "No pod uses it." });
    expect(kind.decide(aNested("settings", {}, { namespace: "other" }), used)).toMatchObject({ sync: false });
  });

  it("keep their content and whether it may change", () => {
    const content = { data: { a: "1" }, binaryData: { b: "AA==" }, immutable: true };
    const host = configmaps.toHost(aNested("settings", content), aContext());
    expect(host).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "settings-x-default-x-demo",
        namespace: "inkube-team-demo-abcde",
        labels: {},
        annotations: {},
      },
      ...content,
    });
    expect(configmaps.toHost(aNested("empty"), aContext())).not.toHaveProperty("data");
  });

  it.each([
    [undefined, "Opaque"],
    ["Opaque", "Opaque"],
    ["kubernetes.io/tls", "kubernetes.io/tls"],
    ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockerconfigjson"],
    ["example.org/own", "example.org/own"],
    ["kubernetes.io/service-account-token", "Opaque"],
    ["bootstrap.kubernetes.io/token", "Opaque"],
  ])("of type %s are %s on the host", (type, onHost) => {
    const annotations = { "kubernetes.io/service-account.name": "default", note: "n" };
    const nested = aNested("s", { ...(type && { type }), data: { token: "eA==" } }, { annotations });
    expect(secrets.toHost(nested, aContext())).toMatchObject({ type: onHost, data: { token: "eA==" } });
    expect(secrets.toHost(nested, aContext()).metadata.annotations).toEqual({ note: "n" });
  });
});
