import type { KubeObject } from "@inkube/kube";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kinds } from "./index.ts";
import type { ToHostKind } from "./kind.ts";
import { aContext, aHostCopy, aNested } from "./kind-fixtures.ts";
import { mergePatch } from "./merge-patch.ts";
import { pods } from "./pods/index.ts";

const toHostKinds = kinds.filter((kind): kind is ToHostKind => kind.direction === "toHost");

const word = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const map = fc.dictionary(
  fc.oneof(
    word,
    word.map((key) => `inkube.dev/${key}`),
  ),
  fc.string(),
  { maxKeys: 4 },
);
const anything = fc.anything({ withNullPrototype: false, withBigInt: false, withDate: false });
const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const list = <T>(item: fc.Arbitrary<T>) => sometimes(fc.array(item, { maxLength: 3 }));

const selector = fc.record({
  matchLabels: sometimes(map),
  matchExpressions: list(
    fc.record({ key: word, operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"), values: list(word) }),
  ),
});
const fieldPath = fc.constantFrom(
  "metadata.name",
  "metadata.labels",
  "metadata.annotations",
  "metadata.labels['a']",
  "metadata.annotations['inkube.dev/b']",
  "status.podIP",
);
const variable = fc.record({
  name: word,
  value: sometimes(fc.string()),
  valueFrom: sometimes(
    fc.oneof(
      fc.record({ fieldRef: fc.record({ fieldPath }) }),
      fc.record({ secretKeyRef: fc.record({ name: word, key: word }) }),
      fc.record({ configMapKeyRef: fc.record({ key: word }) }),
    ),
  ),
});
const container = fc.record({
  name: word,
  image: fc.string(),
  env: list(variable),
  envFrom: list(fc.record({ prefix: sometimes(fc.string()), configMapRef: sometimes(fc.record({ name: word })) })),
  resources: sometimes(fc.record({ limits: map })),
});
const items = list(fc.record({ path: word, fieldRef: sometimes(fc.record({ fieldPath })) }));
const projection = fc.oneof(
  fc.record({ serviceAccountToken: fc.record({ path: word, audience: sometimes(word) }) }),
  fc.record({ downwardAPI: fc.record({ items }) }),
  fc.record({ secret: fc.record({ name: word }) }),
);
const volumeSource = fc.oneof(
  fc.record({ configMap: fc.record({ name: word }) }),
  fc.record({ secret: fc.record({ secretName: word }) }),
  fc.record({ ephemeral: fc.constant({}) }),
  fc.record({ downwardAPI: fc.record({ items }) }),
  fc.record({ projected: fc.record({ sources: list(projection) }) }),
);
const volume = fc.tuple(word, volumeSource).map(([name, source]) => ({ name, ...source }));
const affinityTerm = fc.record({
  labelSelector: sometimes(selector),
  namespaces: list(word),
  namespaceSelector: sometimes(selector),
  matchLabelKeys: list(word),
});
const spec = fc.record({
  containers: list(container),
  initContainers: list(container),
  volumes: list(volume),
  dnsPolicy: sometimes(fc.constantFrom("ClusterFirst", "Default", "None", "ClusterFirstWithHostNet")),
  dnsConfig: sometimes(fc.record({ searches: list(word), options: list(fc.record({ name: word })) })),
  nodeSelector: sometimes(map),
  affinity: sometimes(
    fc.record({ podAffinity: fc.record({ requiredDuringSchedulingIgnoredDuringExecution: list(affinityTerm) }) }),
  ),
  topologySpreadConstraints: list(affinityTerm),
  tolerations: list(fc.record({ key: word })),
  hostname: sometimes(word),
  subdomain: sometimes(word),
  setHostnameAsFQDN: sometimes(fc.boolean()),
});
const pod: fc.Arbitrary<KubeObject> = fc
  .record({ name: word, namespace: word, labels: map, annotations: map, spec })
  .map(({ spec: podSpec, ...metadata }) => ({ metadata: { ...metadata, uid: "u" }, spec: podSpec }));

/** Objects whose fields hold whatever JSON can. */
const odd: fc.Arbitrary<KubeObject> = fc
  .record({ spec: anything, status: anything, subsets: anything, endpoints: anything, data: anything, type: anything })
  .map((fields) => ({ metadata: { name: "odd", namespace: "default", uid: "u" }, ...fields }));

const context = aContext({
  nested: { services: [aNested("db", { spec: { clusterIP: "10.0.0.3", ports: [{ port: 1 }] } })] },
});

describe("translation", () => {
  it("of a pod gives the same each time, leaves the pod as it was, and needs no update afterwards", () => {
    void fc.assert(
      fc.property(pod, (nested) => {
        const before = structuredClone(nested);
        const host = pods.toHost(nested, context);
        expect(pods.toHost(structuredClone(nested), context)).toEqual(host);
        expect(nested).toEqual(before);
        expect(pods.update?.(host, host)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("of a pod puts each token where its Secret has it", () => {
    void fc.assert(
      fc.property(pod, (nested) => {
        const keys = pods.tokens(nested).map(({ key }) => `"key":"${key}"`);
        const volumes = JSON.stringify((pods.toHost(nested, context).spec as { volumes?: unknown }).volumes ?? []);
        for (const key of keys) expect(volumes).toContain(key);
        expect(volumes).not.toContain("serviceAccountToken");
      }),
    );
  });

  it("of a pod lets no label or annotation of the tenant stand for one of Inkube's", () => {
    void fc.assert(
      fc.property(pod, (nested) => {
        const { labels, annotations } = pods.toHost(nested, context).metadata;
        const reserved = Object.keys({ ...labels, ...annotations }).filter((key) => key.startsWith("inkube.dev/"));
        expect(reserved).toEqual([]);
      }),
    );
  });

  it.each(toHostKinds)("of $kind never throws, whatever an object holds", (kind) => {
    void fc.assert(
      fc.property(odd, odd, (nested, hostFields) => {
        const host = aHostCopy(nested, hostFields as never);
        kind.decide(nested, context);
        kind.references(nested);
        kind.tokens(nested);
        const wanted = kind.toHost(nested, context);
        kind.update?.(host, wanted);
        kind.fromHost(host, nested, context);
        expect(wanted.metadata.name).toBe("odd-x-default-x-demo");
      }),
      { numRuns: 100 },
    );
  });
});

describe("the kinds", () => {
  it("are each listed once and ask for no more than single verbs on their own resource", () => {
    expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(kinds.length);
    for (const kind of kinds) {
      for (const rule of kind.hostRules) {
        expect(rule.apiGroups).toEqual([kind.type.group]);
        expect(rule.verbs).not.toContain("*");
        for (const resource of rule.resources) expect(resource.split("/")[0]).toBe(kind.type.plural);
      }
      if (kind.direction === "fromHost") expect(kind.hostRules[0]?.verbs).toEqual(["get", "list", "watch"]);
    }
  });
});

describe("a merge patch", () => {
  const json = fc.dictionary(word, fc.oneof(fc.string(), fc.array(fc.nat()), fc.dictionary(word, fc.nat())));

  function apply(target: unknown, patch: Record<string, unknown>): Record<string, unknown> {
    const base = typeof target === "object" && target !== null && !Array.isArray(target) ? target : {};
    const result: Record<string, unknown> = { ...base };
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) delete result[key];
      else if (typeof value === "object" && !Array.isArray(value)) {
        result[key] = apply(result[key], value as Record<string, unknown>);
      } else result[key] = value;
    }
    return result;
  }

  it("makes one object of the other, and is none between equals", () => {
    void fc.assert(
      fc.property(json, json, (from, to) => {
        const patch = mergePatch(from, to);
        expect(apply(from, patch ?? {})).toEqual(to);
        expect(mergePatch(from, structuredClone(from))).toBeUndefined();
      }),
    );
  });
});
