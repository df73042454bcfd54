import type { TypeRegistry } from "./registry.ts";

function resourceList(registry: TypeRegistry, group: string, version: string): unknown {
  const types = registry.all().filter((type) => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  const resources = types.map((type) => ({
    name: type.plural,
    singularName: type.kind.toLowerCase(),
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  }));
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

function groupList(registry: TypeRegistry): unknown {
  const groups = Map.groupBy(
    registry.all().filter((type) => type.group !== ""),
    (type) => type.group,
  );
  const entries = [...groups].map(([name, types]) => {
    const versions = [...new Set(types.map((type) => type.version))].map((version) => ({
      groupVersion: `${name}/${version}`,
      version,
    }));
    return { name, versions, preferredVersion: versions[0] };
  });
  return { kind: "APIGroupList", apiVersion: "v1", groups: entries };
}

/** The JSON of a path outside resources: version, legacy discovery; undefined for anything else. */
export function discover(registry: TypeRegistry, path: string): unknown {
  if (path === "/version") return { major: "1", minor: "34", gitVersion: "v1.34.0+fake", platform: "linux/amd64" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") return groupList(registry);
  const [, root, ...rest] = path.split("/");
  if (root === "api" && rest.length === 1) return resourceList(registry, "", rest[0] ?? "");
  if (root === "apis" && rest.length === 2) return resourceList(registry, rest[0] ?? "", rest[1] ?? "");
  return undefined;
}
