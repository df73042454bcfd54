import { hostName } from "@inkube/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostMetadata, ownerOf } from "./ownership.ts";
import { anObject, identity } from "./testing/fixtures.ts";

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/);

function copyOf(name: string, namespace: string) {
  const nested = anObject(name, { namespace, labels: { app: "web" } });
  const wanted = anObject("", { labels: { app: "web" }, annotations: {} });
  return { metadata: hostMetadata(nested, wanted, identity, { name: hostName(name, namespace, "demo"), kind: "Pod" }) };
}

describe("ownership of host objects", () => {
  it("is found again from what was written, for every name and namespace", () => {
    fc.assert(
      fc.property(label, label, (name, namespace) => {
        const owner = ownerOf(copyOf(name, namespace), identity, "Pod");
        expect(owner).toEqual({ name, namespace, uid: `uid-${name}` });
      }),
    );
  });

  it("lets the tenant's labels pass but never those that say whose copy it is", () => {
    const nested = anObject("web");
    const wanted = anObject("", { labels: { app: "web", "inkube.dev/cluster": "another" } });
    const { labels } = hostMetadata(nested, wanted, identity, { name: "web-x-default-x-demo", kind: "Pod" });
    expect(labels).toMatchObject({ app: "web", "inkube.dev/cluster": "demo", "inkube.dev/namespace": "default" });
  });

  it("names the controller, or else the first owner, in plain words", () => {
    const owner = (name: string, controller?: boolean) => ({
      apiVersion: "v1",
      kind: "ReplicaSet",
      name,
      uid: name,
      ...(controller && { controller }),
    });
    const nested = anObject("web", { ownerReferences: [owner("first"), owner("second", true)] });
    const { annotations } = hostMetadata(nested, anObject(""), identity, { name: "x", kind: "Pod" });
    expect(annotations).toMatchObject({ "inkube.dev/owner-kind": "ReplicaSet", "inkube.dev/owner-name": "second" });
  });

  it.each([
    ["another name than the annotations say", { name: "other" }],
    ["another namespace of the host", { namespace: "kube-system" }],
    ["no label of the syncer", { labels: {} }],
    ["no annotations", { annotations: {} }],
  ])("is not believed with %s", (_what, change) => {
    const copy = copyOf("web", "default");
    expect(ownerOf({ metadata: { ...copy.metadata, ...change } }, identity, "Pod")).toBeUndefined();
  });

  it("is not believed for another kind or another cluster", () => {
    const copy = copyOf("web", "default");
    expect(ownerOf(copy, identity, "Service")).toBeUndefined();
    expect(ownerOf(copy, { ...identity, name: "other" }, "Pod")).toBeUndefined();
  });
});
