import { apiVersion, crds, hostClusters, nestedClusters } from "@inkube/api";
import { hostClusterSpec, nestedClusterSpec } from "@inkube/api/schemas";
import { type Client, createClient, isKubeError, type KubeObject, systemClock } from "@inkube/kube";
import { type RealApiServer, startRealApiServer } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyObjects } from "./install/apply-objects.ts";

let server: RealApiServer;
let client: Client;
const signal = new AbortController().signal;

beforeAll(async () => {
  server = await startRealApiServer();
  client = createClient(server.config);
  // The second time shows that applying again is accepted and changes nothing.
  for (let round = 0; round < 2; round += 1) {
    await applyObjects(client, (await crds()) as KubeObject[], { clock: systemClock, signal });
  }
  await applyObjects(client, [host("warm-up", {})], { clock: systemClock, signal });
});
afterAll(async () => {
  await client?.close();
  await server?.[Symbol.asyncDispose]();
});

function nested(name: string, spec: object): KubeObject {
  return { apiVersion, kind: "NestedCluster", metadata: { name, namespace: "default" }, spec };
}

function host(name: string, spec: object): KubeObject {
  return { apiVersion, kind: "HostCluster", metadata: { name }, spec };
}

/** `field: message` of everything that the API server finds wrong; empty when it accepts. */
async function complaints(attempt: Promise<unknown>): Promise<string[]> {
  try {
    await attempt;
    return [];
  } catch (error) {
    if (!isKubeError(error, "invalid")) throw error;
    const { causes = [] } = error.details as { causes?: { field: string; message: string }[] };
    return causes.filter(({ field }) => field !== "<nil>").map(({ field, message }) => `${field}: ${message}`);
  }
}

const create = (object: KubeObject) => complaints(client.create(nestedClusters, object, { dryRun: true }));

describe("the API server on a new NestedCluster", () => {
  const long = "a".repeat(41);
  const refused: [string, string, object, RegExp][] = [
    [
      "a name that begins with a digit",
      "9lives",
      {},
      /^metadata\.name: .*name 9lives cannot be used: start with a letter/,
    ],
    ["a name with a dot", "a.b", {}, /^metadata\.name: .*cannot be used/],
    ["a name of 41 characters", long, {}, /^metadata\.name: .*at most 40 characters/],
    [
      "an old version",
      "x",
      { version: "v1.32.9" },
      /^spec\.version: .*v1\.32\.9 is not supported.*v1\.33, v1\.34, v1\.35/,
    ],
    ["a version that is too new", "x", { version: "v1.36.0" }, /^spec\.version: .*not supported/],
    ["a version without v", "x", { version: "1.34.4" }, /^spec\.version: .*use v1\.N\.P/],
    ["a version with a tail", "x", { version: "v1.34.4-rc.0" }, /^spec\.version: /],
    [
      "a k3s version with distro k8s",
      "x",
      { distro: "k8s", version: "v1.34.4+k3s1" },
      /^spec\.version: .*needs distro k3s/,
    ],
    ["an unknown distro", "x", { distro: "rke2" }, /^spec\.distro: .*"rke2".*"k8s", "k3s"/],
    ["too little cpu", "x", { size: { cpu: "499m" } }, /^spec\.size\.cpu: .*cpu 499m is too small: set at least 500m/],
    ["too little memory", "x", { size: { memory: "511Mi" } }, /^spec\.size\.memory: .*at least 512Mi/],
    ["too little storage", "x", { size: { storage: "1000M" } }, /^spec\.size\.storage: .*at least 1Gi/],
    ["too few pods", "x", { size: { pods: 4 } }, /^spec\.size\.pods: .*at least 5/],
    ["cpu that is no quantity", "x", { size: { cpu: "lots" } }, /^spec\.size\.cpu: .*lots is not a quantity/],
    ["an unknown datastore", "x", { datastore: { type: "etcd" } }, /^spec\.datastore\.type: .*"sqlite"/],
    [
      "too small a datastore",
      "x",
      { datastore: { storage: { size: "1Mi" } } },
      /^spec\.datastore\.storage\.size: .*256Mi/,
    ],
    [
      "a nodePort without NodePort",
      "x",
      { endpoint: { nodePort: 30000 } },
      /^spec\.endpoint\.nodePort: .*type: NodePort/,
    ],
    [
      "an unknown endpoint type",
      "x",
      { endpoint: { type: "Magic" } },
      /^spec\.endpoint\.type: .*"ClusterIP", "NodePort"/,
    ],
    [
      "an extra name with a scheme",
      "x",
      { endpoint: { extraNames: ["https://a"] } },
      /^spec\.endpoint\.extraNames\[0\]: .*without scheme/,
    ],
    ["an unknown syncer mode", "x", { syncer: "none" }, /^spec\.syncer: .*"shared", "dedicated"/],
    ["an unknown Pod Security level", "x", { podSecurity: "lax" }, /^spec\.podSecurity: .*"baseline"/],
    [
      "a registry with a scheme",
      "x",
      { images: { registry: "https://a" } },
      /^spec\.images\.registry: .*without a scheme/,
    ],
    ["a cluster domain in capitals", "x", { clusterDomain: "Cluster.Local" }, /^spec\.clusterDomain: .*lower-case/],
  ];
  it.each(refused)("refuses %s with field and reason", async (_title, name, spec, expected) => {
    const found = await create(nested(name, spec));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("names every field that is wrong, not only the first", async () => {
    const found = await create(nested("x", { version: "v1.2.3", size: { cpu: "1m", pods: 1 } }));
    expect(found.map((line) => line.split(":")[0]).sort()).toEqual(["spec.size.cpu", "spec.size.pods", "spec.version"]);
  });

  const accepted: [string, string, object][] = [
    ["a name of 40 characters", "a".repeat(40), {}],
    ["whole numbers as quantities", "x", { size: { cpu: 4 } }],
    ["the smallest size", "x", { size: { cpu: "500m", memory: "512Mi", storage: "1Gi", pods: 5 } }],
    ["a k3s version", "x", { distro: "k3s", version: "v1.34.4+k3s1" }],
    [
      "a node port and names of all kinds",
      "x",
      { endpoint: { type: "NodePort", nodePort: 30443, extraNames: ["a.example.org", "192.0.2.1", "2001:db8::1"] } },
    ],
    ["a registry with port and path", "x", { images: { registry: "mirror.example.org:5000/k8s", pullSecret: "pull" } }],
  ];
  it.each(accepted)("accepts %s", async (_title, name, spec) => {
    expect(await create(nested(name, spec))).toEqual([]);
  });

  it("fills in the same defaults as the schemas, also below an object that is given in part", async () => {
    const bare = await client.create(nestedClusters, { ...nested("x", {}), spec: undefined }, { dryRun: true });
    expect(bare.spec).toEqual(nestedClusterSpec.parse({}));
    const part = { size: { cpu: "1" }, datastore: { storage: { storageClassName: "fast" } } };
    const created = await client.create(nestedClusters, nested("x", part), { dryRun: true });
    expect(created.spec).toEqual(nestedClusterSpec.parse(part));
  });

  it("drops what the schema does not know", async () => {
    const created = await client.create(nestedClusters, nested("x", { replicas: 3 }), { dryRun: true });
    expect(created.spec).not.toHaveProperty("replicas");
  });
});

describe("the API server on a change of a NestedCluster", () => {
  const spec = { distro: "k8s", version: "v1.34.4" };
  const changes: [string, object, RegExp | undefined][] = [
    ["another distro", { distro: "k3s" }, /^spec\.distro: .*cannot be changed once it is set/],
    ["no distro", { distro: null }, /^spec\.distro: .*cannot be changed once it is set/],
    ["another cluster domain", { clusterDomain: "other.local" }, /^spec\.clusterDomain: .*cannot be changed/],
    [
      "another datastore volume",
      { datastore: { storage: { size: "2Gi" } } },
      /^spec\.datastore\.storage: .*cannot be changed/,
    ],
    ["an older minor", { version: "v1.33.4" }, /^spec\.version: .*up by one minor/],
    ["another patch", { version: "v1.34.5" }, undefined],
    ["the next minor", { version: "v1.35.0" }, undefined],
    ["another size", { size: { cpu: "8" } }, undefined],
  ];
  it.each(changes)("%s", async (title, change, expected) => {
    const name = title.replaceAll(" ", "-");
    await client.create(nestedClusters, nested(name, spec));
    const patch = { spec: change };
    const found = await complaints(
      client.patch(nestedClusters, { namespace: "default", name }, patch, { type: "merge" }),
    );
    if (!expected) return expect(found).toEqual([]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("skipping a minor is refused", async () => {
    const ref = { namespace: "default", name: "skips" };
    await client.create(nestedClusters, nested(ref.name, { version: "v1.33.0" }));
    const patch = { spec: { version: "v1.35.0" } };
    expect(await complaints(client.patch(nestedClusters, ref, patch, { type: "merge" }))).toHaveLength(1);
  });

  const running: [string, object, RegExp | undefined][] = [
    ["another distro than runs", { distro: "k3s" }, /^spec\.distro: .*already runs k8s/],
    ["the distro that runs", { distro: "k8s" }, undefined],
    ["an older version than runs", { version: "v1.33.1" }, /^spec\.version: .*is running/],
    ["the version that runs", { version: "v1.34.4" }, undefined],
  ];
  it.each(running)("setting %s, after the host chose", async (title, change, expected) => {
    const ref = { namespace: "default", name: title.replaceAll(" ", "-") };
    await client.create(nestedClusters, nested(ref.name, {}));
    const status = { distro: "k8s", version: "v1.34.4" };
    await client.patch(nestedClusters, ref, { status }, { type: "merge", subresource: "status" });
    const found = await complaints(client.patch(nestedClusters, ref, { spec: change }, { type: "merge" }));
    if (!expected) return expect(found).toEqual([]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("keeps status out of reach of whoever may only change the object", async () => {
    const ref = { namespace: "default", name: "separate" };
    await client.create(nestedClusters, nested(ref.name, {}));
    const changed = await client.patch(nestedClusters, ref, { status: { phase: "Ready" } }, { type: "merge" });
    expect(changed.status).toBeUndefined();
  });
});

describe("the API server on a HostCluster", () => {
  const refused: [string, object, RegExp][] = [
    ["an unsupported version", { defaultVersion: "v1.2.3" }, /^spec\.defaultVersion: .*not supported/],
    [
      "a k3s version with distro k8s",
      { defaultDistro: "k8s", defaultVersion: "v1.34.4+k3s1" },
      /^spec\.defaultVersion: /,
    ],
    ["a service range that is none", { serviceCIDR: "10.96" }, /^spec\.serviceCIDR: .*not a CIDR/],
    ["an address with a port", { endpoint: { addresses: ["a:443"] } }, /^spec\.endpoint\.addresses\[0\]: /],
  ];
  it.each(refused)("refuses %s", async (_title, spec, expected) => {
    const found = await complaints(client.create(hostClusters, host("x", spec), { dryRun: true }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("accepts two service ranges, and fills in the same defaults as the schemas", async () => {
    const spec = { serviceCIDR: "10.96.0.0/16,fd00::/108" };
    const created = await client.create(hostClusters, host("x", spec), { dryRun: true });
    expect(created.spec).toEqual(hostClusterSpec.parse(spec));
  });
});
