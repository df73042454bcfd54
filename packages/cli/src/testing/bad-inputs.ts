import { cluster, group, host, size } from "../../../hub/src/admission/testing/scene.ts";

type Body = ReturnType<typeof cluster>;

/** Something that is refused whichever way it comes. */
export interface BadInput {
  title: string;
  /** What is created, or with `patch` what is changed. */
  object: Body;
  patch?: boolean;
  /** The verb that says the same; absent: only a file can. */
  verb?: string;
  fields: string[];
  says: RegExp;
  /** One who has a quota. */
  limited?: true;
}

/** With hosts `edge`, `small` and `audited`, groups `europe` and `tiny`, and a nested cluster `there`. */
export const badInputs: readonly BadInput[] = [
  {
    title: "a name that is none",
    object: cluster("Team_A"),
    verb: "create Team_A --no-wait --cpu 4 --memory 4Gi --storage 2Gi",
    fields: ["metadata.name"],
    says: /RFC 1123/,
  },
  {
    title: "a name that is too long for what is made of it",
    object: cluster("a".repeat(41)),
    verb: `create ${"a".repeat(41)} --no-wait`,
    fields: ["metadata.name"],
    says: /at most 40 characters/,
  },
  {
    title: "a size that is no quantity",
    object: cluster("x", { size: { cpu: "many" } }),
    verb: "create x --no-wait --cpu many",
    fields: ["spec.size.cpu"],
    says: /cpu many is not a quantity/,
  },
  {
    title: "a size that is too small",
    object: cluster("x", { size: { memory: "1Mi", pods: 2 } }),
    verb: "create x --no-wait --memory 1Mi --pods 2",
    fields: ["spec.size.memory", "spec.size.pods"],
    says: /memory 1Mi is too small: set at least 512Mi/,
  },
  {
    title: "an endpoint type that is none",
    object: cluster("x", { endpoint: { type: "Carrier" } }),
    verb: "create x --no-wait --endpoint Carrier",
    fields: ["spec.endpoint.type"],
    says: /supported values/,
  },
  {
    title: "a source range that is none",
    object: { ...cluster("there"), spec: { endpoint: { loadBalancer: { sourceRanges: ["10.0.0.0/99"] } } } },
    patch: true,
    verb: "update there --source-range 10.0.0.0/99",
    fields: ["spec.endpoint.loadBalancer.sourceRanges[0]"],
    says: /is not a range of addresses/,
  },
  {
    title: "both host and group",
    object: cluster("x", { host: "edge", group: "europe" }),
    verb: "create x --no-wait --host edge --group europe --cpu 4 --memory 4Gi --storage 2Gi",
    fields: ["spec.host"],
    says: /host and group cannot both be set/,
  },
  {
    title: "a group that is not there",
    object: cluster("x", { group: "nowhere" }),
    verb: "create x --no-wait --group nowhere",
    fields: ["spec.group"],
    says: /no cluster group nowhere|no group nowhere/,
  },
  {
    title: "more than the group's limit",
    object: cluster("x", { group: "europe", size: size(7, 4, 2) }),
    verb: "create x --no-wait --group europe --cpu 7 --memory 4Gi --storage 2Gi",
    fields: ["spec.size.cpu"],
    says: /Group europe/,
  },
  {
    title: "less than the group's minimum",
    object: cluster("x", { group: "europe", size: size(4, 4, 1) }),
    verb: "create x --no-wait --group europe --cpu 4 --memory 4Gi --storage 1Gi",
    fields: ["spec.size.storage"],
    says: /Group europe/,
  },
  {
    title: "more than there is room for",
    object: cluster("x", { group: "tiny" }),
    verb: "create x --no-wait --group tiny --cpu 4 --memory 4Gi --storage 2Gi",
    fields: ["spec.size.cpu"],
    says: /small/,
  },
  {
    title: "more than the quota",
    object: cluster("x", { group: "europe", size: size(5, 4, 2) }),
    verb: "create x --no-wait --group europe --cpu 5 --memory 4Gi --storage 2Gi",
    fields: ["spec.size.cpu"],
    says: /User ann has/,
    limited: true,
  },
  {
    title: "another distro than it has",
    object: { ...cluster("there"), spec: { distro: "k3s" } },
    patch: true,
    fields: ["spec.distro"],
    says: /distro cannot be changed/,
  },
  {
    title: "a domain that is no wildcard",
    object: { ...host("edge"), spec: { endpoint: { domain: "clusters.example.com" } } },
    patch: true,
    verb: "host update edge --domain clusters.example.com",
    fields: ["spec.endpoint.domain"],
    says: /is not a wildcard/,
  },
  {
    title: "nesting on a read-only host",
    object: { ...host("audited"), spec: { nesting: true, endpoint: { type: "Hub" } } },
    patch: true,
    verb: "host update audited --nesting on --endpoint Hub",
    fields: ["spec.nesting"],
    says: /imported read-only/,
  },
  {
    title: "a range of ClusterIPs that is none",
    object: { ...host("edge"), spec: { serviceCIDR: "10.96.0.0" } },
    patch: true,
    verb: "host update edge --service-cidr 10.96.0.0",
    fields: ["spec.serviceCIDR"],
    says: /is not a CIDR/,
  },
  {
    title: "a limit below the minimum",
    object: { ...group("europe", ["edge"]), spec: { limits: { cpu: "1" } } },
    patch: true,
    verb: "group update europe --limit cpu=1",
    fields: ["spec.limits.cpu"],
    says: /limit cpu 1 is below the minimum 4/,
  },
  {
    title: "a host that is not there",
    object: group("asia", ["nowhere"]),
    verb: "group create asia --hosts nowhere",
    fields: ["spec.hosts[0].name"],
    says: /no host nowhere/,
  },
];
