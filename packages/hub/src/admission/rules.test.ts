import type { ClusterGroup, HostCluster, NestedCluster } from "@inkube/api";
import { clusterGroupSchema, hostClusterSchema, nestedClusterSchema } from "@inkube/api/schemas";
import { describe, expect, it } from "vitest";
import { createAdmitted } from "./admitted.ts";
import { judgeCluster } from "./cluster-rules.ts";
import { judgeGroup } from "./group-rules.ts";
import { judgeHost, judgeHostDeletion } from "./host-rules.ts";
import type { KnownFleet } from "./known-fleet.ts";
import { judgeOwner, ownerPatch } from "./owner.ts";
import { cause, type Refusal, someOf, statusOf } from "./refusal.ts";
import { type Review, readReview, reviewedKinds } from "./review.ts";
import { userQuotaSetting } from "./user-quota.ts";
import { webhookConfigurations } from "./webhook-configuration.ts";

const apiVersion = "inkube.dev/v1alpha1";
const now = Date.parse("2026-01-01T00:00:00Z");
const owner = "inkube.dev/owner";

function host(name: string, spec: object = {}, status: object = {}): HostCluster {
  const known = {
    capacity: { cpu: "16", memory: "1Ti", "ephemeral-storage": "1Ti" },
    heartbeat: "2026-01-01T00:00:00Z",
  };
  return hostClusterSchema.parse({
    apiVersion,
    kind: "HostCluster",
    metadata: { name },
    spec: { nesting: true, endpoint: { type: "Hub" }, ...spec },
    status: { ...known, ...status },
  }) as HostCluster;
}

function group(hosts: object[], spec: object = {}): ClusterGroup {
  return clusterGroupSchema.parse({
    apiVersion,
    kind: "ClusterGroup",
    metadata: { name: "g" },
    spec: { hosts, ...spec },
  }) as ClusterGroup;
}

function cluster(
  name: string,
  cpu: number,
  more: { host?: string; owner?: string; spec?: object } = {},
): NestedCluster {
  return nestedClusterSchema.parse({
    apiVersion,
    kind: "NestedCluster",
    metadata: { name, namespace: "team", resourceVersion: "1", annotations: { [owner]: more.owner ?? "anna" } },
    spec: { group: "g", size: { cpu: String(cpu), memory: "4Gi", storage: "2Gi" }, ...more.spec },
    ...(more.host && { status: { host: more.host } }),
  }) as NestedCluster;
}

function fleet(hosts: HostCluster[], groups: ClusterGroup[], clusters: NestedCluster[] = []): KnownFleet {
  return {
    clusters,
    host: (name) => hosts.find(({ metadata }) => metadata.name === name),
    group: (name) => groups.find(({ metadata }) => metadata.name === name),
  };
}

const quota = userQuotaSetting.parse('{"enabled":true,"clusters":2,"cpu":12}');
const told = (refusal: Refusal | undefined): string[] =>
  refusal?.causes.map(({ reason, field }) => `${refusal.code} ${reason} ${field}`) ?? [];

describe("judgeCluster", () => {
  const room = fleet([host("a")], [group([{ name: "a" }])]);

  it("DEV-02 tells the first rule that is broken: target, quota, limits, room", () => {
    const full = [1, 2, 3].map((index) => cluster(`old${index}`, 4, { host: "a", owner: "anna" }));
    const others = fleet([host("a", {}, { capacity: { cpu: "1" } })], [group([{ name: "a" }])], full);
    const wrong = cluster("new", 7);
    const of = (known: KnownFleet, limited: boolean) =>
      told(judgeCluster({ cluster: wrong, ...(limited && { quota }) }, known, now));
    expect(of(fleet([], []), true)).toEqual(["422 GroupMissing spec.group"]);
    expect(of(others, true)).toEqual(["403 QuotaExceeded metadata.name", "403 QuotaExceeded spec.size.cpu"]);
    expect(of(others, false)).toEqual(["422 OutsideLimits spec.size.cpu"]);
    expect(told(judgeCluster({ cluster: cluster("new", 4) }, others, now))).toEqual([
      "422 InsufficientCapacity spec.size.cpu",
      "422 InsufficientCapacity spec.size.memory",
      "422 InsufficientCapacity spec.size.storage",
    ]);
  });

  it("DEV-02 counts only the owner's, and not at all while the quota is off", () => {
    const others = ["a", "b", "c"].map((name) => cluster(name, 1, { owner: "bert", host: "a" }));
    const change = { cluster: cluster("new", 4), quota };
    expect(judgeCluster(change, { ...room, clusters: others }, now)).toBeUndefined();
    const own = ["a", "b", "c"].map((name) => cluster(name, 1, { host: "a" }));
    expect(told(judgeCluster(change, { ...room, clusters: own }, now))).toEqual(["403 QuotaExceeded metadata.name"]);
    const off = { ...quota, enabled: false };
    expect(judgeCluster({ ...change, quota: off }, { ...room, clusters: own }, now)).toBeUndefined();
  });

  it("looks at what grows only: shrinking is let through however full quota and host are", () => {
    const before = cluster("one", 6, { host: "a" });
    const tight = [before, ...[1, 2, 3].map((index) => cluster(`o${index}`, 6, { host: "a" }))];
    const known = { ...room, clusters: tight };
    const to = (cpu: number) => told(judgeCluster({ cluster: cluster("one", cpu), before, quota }, known, now));
    expect(to(5)).toEqual([]);
    expect(to(6)).toEqual([]);
    expect(to(3)).toEqual(["422 OutsideLimits spec.size.cpu"]);
    const roomy = { ...known, group: () => group([{ name: "a" }], { limits: { cpu: "10" } }) };
    expect(told(judgeCluster({ cluster: cluster("one", 7), before }, roomy, now))).toEqual([
      "422 InsufficientCapacity spec.size.cpu",
    ]);
  });

  it("CG-05 counts those that wait for a place as well", () => {
    const waiting = [1, 2, 3, 4].map((index) => cluster(`w${index}`, 4, { owner: "x" }));
    expect(told(judgeCluster({ cluster: cluster("new", 4) }, { ...room, clusters: waiting }, now))).toEqual([
      "422 InsufficientCapacity spec.size.cpu",
    ]);
    const placed = waiting.slice(1);
    expect(judgeCluster({ cluster: cluster("new", 4) }, { ...room, clusters: placed }, now)).toBeUndefined();
  });

  const patient: [string, HostCluster, boolean][] = [
    ["one that never connected", host("a", {}, { heartbeat: undefined, capacity: undefined }), true],
    ["one that is silent and had room", host("a", {}, { heartbeat: "2025-01-01T00:00:00Z" }), true],
    [
      "one that is silent and full",
      host("a", {}, { heartbeat: "2025-01-01T00:00:00Z", capacity: { cpu: "1" } }),
      false,
    ],
    ["one that is drained", host("a", { unschedulable: true }), false],
    ["one that is not for the project", host("a", { projects: ["other"] }), false],
  ];
  it.each(patient)("waits for a host that may have room again: %s", (_what, one, isAccepted) => {
    const known = fleet([one], [group([{ name: "a" }])]);
    expect(judgeCluster({ cluster: cluster("new", 4) }, known, now) === undefined).toBe(isAccepted);
  });

  it("says what a group without hosts lacks", () => {
    const refusal = judgeCluster({ cluster: cluster("new", 4) }, fleet([], [group([])]), now);
    expect(told(refusal)).toEqual(["422 InsufficientCapacity spec.size"]);
    expect(refusal?.causes[0]?.message).toContain("Group g has no hosts");
  });
});

describe("admitted", () => {
  const start = () => {
    const time = { now: 0 };
    return { time, admitted: createAdmitted({ now: () => time.now, sleep: () => Promise.resolve() }) };
  };
  const one = cluster("one", 4);
  const stored = { ...one, metadata: { ...one.metadata, resourceVersion: "2" } };

  it("counts what was allowed until it is seen, or long enough after it never came", () => {
    const { time, admitted } = start();
    admitted.add(one, undefined);
    expect(admitted.overView([])).toEqual([one]);
    expect(admitted.overLists()([])).toEqual([one]);
    admitted.add(cluster("one", 6), one);
    expect(admitted.overView([one])[0]?.spec.size.cpu).toBe("6");
    expect(admitted.overView([stored])).toEqual([stored]);
    admitted.add(cluster("two", 4), undefined);
    time.now = 10_000;
    expect(admitted.overView([])).toEqual([]);
  });

  it("counts it in a list that was begun before anybody saw it, whatever has seen it since", () => {
    const { admitted } = start();
    const earlier = admitted.overLists();
    admitted.add(one, undefined);
    expect(admitted.overView([stored])).toEqual([stored]);
    expect(earlier([])).toEqual([one]);
    expect(admitted.overLists()([])).toEqual([]);
  });

  it("counts it in the view until the view had it, though a list has", () => {
    const { admitted } = start();
    admitted.add(one, undefined);
    expect(admitted.overLists()([stored])).toEqual([stored]);
    expect(admitted.overView([])).toEqual([one]);
    expect(admitted.overView([stored])).toEqual([stored]);
    // Deleted since.
    expect(admitted.overView([])).toEqual([]);
  });
});

describe("hosts and groups", () => {
  it("HST-04 lets a host change that nothing is on, and names ten at most", () => {
    const off = host("a", { nesting: false });
    expect(judgeHost(off, host("a"), fleet([], []))).toBeUndefined();
    const there = Array.from({ length: 12 }, (_, index) => cluster(`c${index}`, 1, { host: "a" }));
    const refusal = judgeHost(off, host("a"), fleet([], [], there));
    expect(refusal?.causes[0]?.message).toContain("team/c9 and 2 more");
    expect(told(judgeHostDeletion("a", fleet([], [], there)))).toEqual(["409 HostInUse metadata.name"]);
    expect(told(judgeHostDeletion("local", fleet([], [])))).toEqual(["403 HostIsOwn metadata.name"]);
  });

  it("CG-03 takes the domain of the host when the group names none", () => {
    const gateway = { type: "Gateway", domain: "*.a.b", gateway: { name: "g", namespace: "g" } };
    const hosts = [host("a", { endpoint: gateway }), host("b", { endpoint: { ...gateway, domain: undefined } })];
    const of = (entries: object[]) =>
      told(judgeGroup(group(entries, { endpointType: "Gateway" }), undefined, fleet(hosts, [])));
    expect(of([{ name: "a" }, { name: "b" }])).toEqual(["422 DomainMissing spec.hosts[1].domain"]);
    expect(of([{ name: "a" }, { name: "b", domain: "*.a.b" }])).toEqual(["422 DomainShared spec.hosts[1].domain"]);
    expect(of([{ name: "a" }, { name: "b", domain: "*.b.b" }])).toEqual([]);
  });
});

describe("the owner", () => {
  const review = (operation: "CREATE" | "UPDATE", annotations?: object, old?: object): Review<never> =>
    ({
      operation,
      user: { name: "anna", groups: [] },
      object: { metadata: annotations ? { annotations } : {} },
      oldObject: { metadata: { annotations: old } },
    }) as unknown as Review<never>;

  it("is written where it is missing", () => {
    expect(ownerPatch(review("CREATE"))).toEqual([
      { op: "add", path: "/metadata/annotations", value: { [owner]: "anna" } },
    ]);
    const [kept] = ownerPatch(review("UPDATE", { a: "b" }, { [owner]: "bert" }));
    expect(kept).toEqual({ op: "add", path: "/metadata/annotations/inkube.dev~1owner", value: "bert" });
    expect(ownerPatch(review("CREATE", { [owner]: "bert" }))).toEqual([]);
    expect(ownerPatch(review("UPDATE", {}, {}))).toEqual([]);
  });

  it("is nobody else, and never changes", () => {
    expect(judgeOwner(review("CREATE", { [owner]: "anna" }))).toBeUndefined();
    for (const wrong of [
      review("CREATE", { [owner]: "bert" }),
      review("UPDATE", { [owner]: "anna" }, { [owner]: "bert" }),
      review("UPDATE", { [owner]: "anna" }, {}),
    ]) {
      expect(told(judgeOwner(wrong))).toEqual([`422 OwnerFixed metadata.annotations[${owner}]`]);
    }
  });
});

describe("reviews", () => {
  const request = {
    uid: "u",
    operation: "CREATE",
    resource: { group: "inkube.dev", version: "v1alpha1", resource: "nestedclusters" },
    userInfo: { username: "anna" },
    object: cluster("one", 4),
  };
  const body = (changes: object = {}) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: { ...request, ...changes },
  });

  it("are read", () => {
    expect(readReview(body(), reviewedKinds.cluster)).toMatchObject({ uid: "u", dryRun: false, user: { groups: [] } });
  });

  const malformed: [string, unknown][] = [
    ["nothing", undefined],
    ["a list", []],
    ["another kind", { ...body(), kind: "TokenReview" }],
    ["another version", { ...body(), apiVersion: "admission.k8s.io/v1beta1" }],
    ["another resource", body({ resource: { group: "", resource: "pods" } })],
    ["a subresource", body({ subResource: "status" })],
    ["no user", body({ userInfo: {} })],
    ["no object", body({ object: null })],
    ["no old object", body({ operation: "UPDATE" })],
    ["another object", body({ object: { metadata: {}, spec: { size: 1 } } })],
    ["a size that is none", body({ object: { ...cluster("one", 4), spec: { size: { cpu: "much" } } } })],
    ["CONNECT", body({ operation: "CONNECT" })],
  ];
  it.each(malformed)("are refused as bad requests: %s", (_what, value) => {
    expect(() => readReview(value, reviewedKinds.cluster)).toThrow(
      expect.objectContaining({ code: "USAGE", status: 400 }),
    );
  });
});

describe("what is said", () => {
  it("is bounded", () => {
    const long = cause("OutsideLimits", "spec", "x".repeat(50_000));
    const status = statusOf(
      { code: 422, causes: Array.from({ length: 100 }, () => long) },
      { group: "g", version: "v1", plural: "p", kind: "K", namespaced: true },
      "n",
    );
    expect(JSON.stringify(status).length).toBeLessThan(50_000);
    expect(someOf(["a", "b"])).toBe("a, b");
  });
});

describe("the quota's setting", () => {
  it.each(["{", "[]", '{"cpu":3}', '{"clusters":1001}', '{"storageGiB":1}', '{"other":1}', '{"memoryGiB":"8"}'])(
    "DEV-01 refuses %s",
    (text) => {
      expect(() => userQuotaSetting.parse(text)).toThrow(expect.objectContaining({ code: "SPEC_INVALID" }));
    },
  );
  it("DEV-01 has defaults for what is left out", () => {
    expect(userQuotaSetting.parse('{"enabled":true}')).toEqual({ ...userQuotaSetting.parse(undefined), enabled: true });
  });
});

describe("webhook configurations", () => {
  it("lead to the Service in production, to a URL in tests, and fail closed in 5 s", () => {
    const all = (target: object) =>
      webhookConfigurations({ token: "t", ca: "PEM", ...target }).flatMap(
        ({ webhooks }) => webhooks as { clientConfig: Record<string, unknown> }[],
      );
    const caBundle = Buffer.from("PEM").toString("base64");
    for (const webhook of all({})) {
      expect(webhook).toMatchObject({ failurePolicy: "Fail", timeoutSeconds: 5, sideEffects: "None" });
      expect(webhook.clientConfig).toMatchObject({
        caBundle,
        service: { namespace: "inkube-system", name: "inkube-hub", port: 443, path: expect.stringMatching(/\/t$/) },
      });
    }
    expect(all({ url: "https://127.0.0.1:1" })[1]?.clientConfig).toEqual({
      caBundle,
      url: "https://127.0.0.1:1/admission/nestedclusters/t",
    });
  });
});
