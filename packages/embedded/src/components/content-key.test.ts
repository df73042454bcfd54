import { describe, expect, it } from "vitest";
import { type ComponentModule, componentModules, componentsDir } from "./component-list.ts";
import { contentKey } from "./content-key.ts";

const wheel = { package: "tool-bin", version: "1.0.0", member: "tool", sha256: { amd64: "a" } };
const packaged: ComponentModule = { module: "tool", version: "v1.0.0", wheel, binaries: [{ name: "tool" }] };

describe("the key of a component", () => {
  it("changes with the digest of its Python package", () => {
    const other = { ...packaged, wheel: { ...wheel, sha256: { amd64: "b" } } };
    expect(contentKey(other, componentsDir)).not.toBe(contentKey(packaged, componentsDir));
  });

  it("changes with the manifests that are taken", () => {
    const binary = { name: "manifests", manifests: "one/*.yaml" };
    const module = { module: "gateway-api", version: "v1.0.0", binaries: [binary] };
    const other = { ...module, binaries: [{ ...binary, manifests: "two/*.yaml" }] };
    expect(contentKey(other, componentsDir)).not.toBe(contentKey(module, componentsDir));
  });

  it("is another for each of this repository", () => {
    const keys = componentModules().map((module) => contentKey(module, componentsDir));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
