import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../../hub/src/testing/eventually.ts";
import { type HubAndCli, startHubAndCli } from "../testing/hub-and-cli.ts";

let hub: HubAndCli;
let root: string;
let ann: string;
beforeAll(async () => {
  hub = await startHubAndCli();
  [root, ann] = await Promise.all([hub.test.adminKey(), hub.test.keyFor("ann")]);
});
afterAll(() => hub[Symbol.asyncDispose]());

async function text(key: string, words: string, stdin = ""): Promise<string> {
  const { code, out, err } = await hub.inkube(key, words, { stdin });
  expect(code, err).toBe(0);
  return out;
}

/** What a command line prints with -o json. */
async function json<T>(key: string, words: string, stdin?: string): Promise<T> {
  return JSON.parse(await text(key, `${words} -o json`, stdin)) as T;
}

interface Results {
  items: { kind: string; result: string }[];
}

const ours = (kind: string, metadata: object, spec: object) => ({
  apiVersion: "inkube.dev/v1alpha1",
  kind,
  metadata,
  spec,
});
/** What needs others comes first. */
const fleet = (size: object): string =>
  [
    ours("NestedCluster", { name: "web", namespace: "shop", labels: { team: "claims" } }, { group: "europe", size }),
    ours("ClusterGroup", { name: "europe" }, { hosts: [{ name: "edge-1" }] }),
    ours("HostCluster", { name: "edge-1" }, { nesting: true, endpoint: { type: "Hub" } }),
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { team: "shop" } } },
  ]
    .map((one) => JSON.stringify(one))
    .join("\n---\n");

describe("API-01 verbs of the command line at a real hub", () => {
  it("apply makes what others need first, says what is refused, and finds nothing to do the next time", async () => {
    const small = await hub.inkube(root, "apply -f - -o json", { stdin: fleet({ cpu: "1" }) });
    expect(small.code).toBe(5);
    const made = JSON.parse(small.out) as Results;
    expect(made.items.map(({ kind, result }) => `${kind} ${result}`)).toEqual([
      "Namespace created",
      "HostCluster created",
      "ClusterGroup created",
    ]);
    expect(JSON.parse(small.err)).toMatchObject({
      error: {
        code: "SPEC_INVALID",
        details: [{ kind: "NestedCluster", project: "shop", name: "web", fields: [{ field: "spec.size.cpu" }] }],
      },
    });
    const large = { cpu: "4", memory: "4Gi", storage: "2Gi" };
    expect(await text(root, "apply -f -", fleet(large))).toContain("nestedcluster.inkube.dev/web created\n");
    // The hub's own view of projects is a moment behind.
    const { items } = await eventually(() => json<Results>(root, "apply -f -", fleet(large)));
    expect(new Set(items.map(({ result }) => result))).toEqual(new Set(["unchanged"]));
    const other = JSON.stringify({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "shop", labels: { a: "b" } },
    });
    expect((await hub.inkube(root, "apply -f -", { stdin: other })).err).toContain("projects are not changed");
  });

  it("apply --dry-run checks and changes nothing", async () => {
    const stdin = JSON.stringify(ours("ClusterGroup", { name: "dry" }, { hosts: [{ name: "nowhere" }] }));
    const refused = await hub.inkube(root, "apply -f - --dry-run", { stdin });
    expect(refused).toMatchObject({ code: 5, err: expect.stringContaining("spec.hosts[0].name: ") });
    const fine = JSON.stringify(ours("ClusterGroup", { name: "dry" }, { hosts: [{ name: "edge-1" }] }));
    expect(await text(root, "apply -f - --dry-run", fine)).toBe("clustergroup.inkube.dev/dry created (dry run)\n");
    expect((await hub.inkube(root, "group describe dry")).code).toBe(3);
  });

  it("VC-08 --dry-run of any verb changes nothing, asks nobody, and refuses what would be refused", async () => {
    const size = "--cpu 4 --memory 4Gi --storage 2Gi";
    const fine = [
      [`create dry -n shop --group europe ${size}`, "shop/dry could be created (dry run)"],
      ["delete web -n shop", "shop/web could be deleted (dry run)"],
      ["group create dry --hosts edge-1", "Group dry could be created (dry run)"],
      ["group drain europe edge-1", "Group europe would be changed (dry run)"],
      ["host drain edge-1", "Host edge-1 would take nothing new; what is there would stay (dry run)"],
      ["project create dry", "Project dry could be created (dry run)"],
      [
        "project delete shop --force",
        "Project shop could be deleted with all its nested clusters, their workloads and their data (dry run)",
      ],
      ["key create dry", "API key dry could be made (dry run)"],
      [
        "quota set --clusters 9",
        "Each user may have 9 nested clusters, 12 CPU, 16Gi memory, 20Gi storage (not enforced) (dry run)",
      ],
    ] as const;
    const shown = ["list -A", "group list", "host list", "project list", "key list", "quota show"];
    const all = () => Promise.all(shown.map((words) => json<object>(root, words)));
    const withoutStatus = (lists: object[]) => JSON.stringify(lists, (key, value) => (isTold(key) ? undefined : value));
    const isTold = (key: string): boolean => ["status", "resourceVersion"].includes(key);
    const before = withoutStatus(await all());
    for (const [words, said] of fine) {
      const { code, out, err } = await hub.inkube(root, `${words} --dry-run`, { answer: false });
      expect([code, out.trimEnd()], err).toEqual([0, said]);
    }
    const refused = [
      "group delete europe",
      "project delete shop",
      "create web -n shop",
      "project delete none",
      "host drain none",
    ];
    for (const words of refused) expect((await hub.inkube(root, `${words} --dry-run`)).code, words).toBeGreaterThan(2);
    expect(withoutStatus(await all())).toBe(before);
  });

  it("update changes a nested cluster, group update and host update what holds for many", async () => {
    expect(await text(root, "update web -n shop --cpu 5 --label tier=1")).toBe("shop/web is changed\n");
    expect(await text(root, "group update europe --oversubscription 150 --limit cpu=8 --all-projects")).toBe(
      "Group europe is changed\n",
    );
    expect(await text(root, "host update edge-1 --storage 500Gi --description x --dry-run")).toContain("(dry run)");
    type Group = { spec: { oversubscription: number; limits: object; projects?: string[] } };
    const { spec } = await json<Group>(root, "group describe europe");
    expect(spec).toMatchObject({ oversubscription: 150, limits: { cpu: "8", memory: "8Gi" } });
    const host = await json<{ spec: object }>(root, "host update edge-1 --storage 500Gi");
    expect(host.spec).toMatchObject({ capacity: { storage: "500Gi" }, nesting: true });
    expect(host.spec).not.toHaveProperty("description");
  });

  it("group update adds and removes hosts one by one, and group drain spares one", async () => {
    await text(root, "host import edge-2 --endpoint Hub");
    await text(root, "group update europe --add-hosts edge-2 edge-1 --domain edge-2=*.b.example.com");
    await text(root, "group drain europe edge-1");
    type Group = { spec: { hosts: object[] } };
    expect((await json<Group>(root, "group describe europe")).spec.hosts).toEqual([
      { name: "edge-1", draining: true },
      { name: "edge-2", draining: false, domain: "*.b.example.com" },
    ]);
    await text(root, "group drain europe edge-1 --undo");
    await text(root, "group update europe --remove-hosts edge-2");
    expect((await json<Group>(root, "group describe europe")).spec.hosts).toEqual([
      { name: "edge-1", draining: false },
    ]);
    expect(await hub.inkube(root, "group drain europe edge-2")).toMatchObject({
      code: 3,
      err: expect.stringContaining("Group europe has no host edge-2"),
    });
  });

  it("member gives, shows and takes roles", async () => {
    expect((await hub.inkube(ann, "member list -n shop")).code).toBe(6);
    expect(await text(root, "member add ann --role project-admin -n shop --dry-run")).toContain("would have role");
    expect(await text(root, "member list -n shop")).not.toContain("ann");
    await text(root, "member add ann --role project-admin -n shop");
    await text(root, "member add platform --group --role group-viewer --whole-hub");
    expect(await eventually(() => text(ann, "member list -n shop"))).toMatch(/User +ann +inkube:project-admin +hub/);
    expect(await text(root, "member list --whole-hub")).toMatch(/Group +platform +inkube:group-viewer +hub/);
    await text(root, "member remove platform --group --whole-hub");
    expect(await text(root, "member list --whole-hub -o name")).not.toContain("platform");
    const wrong = await hub.inkube(root, "member add ann --role king -n shop");
    expect(wrong).toMatchObject({ code: 5, err: expect.stringContaining("role") });
  });

  it("filter gives rights by labels and takes them", async () => {
    const line = "filter create claims --selector team=claims --role nested-cluster-editor --user bob --group claims";
    expect(await text(root, `${line} --dry-run`)).toContain("(dry run)");
    await text(root, line);
    expect(await text(root, "filter list")).toMatch(
      /claims +team=claims +inkube:nested-cluster-editor +bob, group claims +all/,
    );
    const bob = await hub.test.keyFor("bob");
    await eventually(() => text(bob, "update web -n shop --label seen=bob"));
    expect(await hub.inkube(root, "filter delete claims", { answer: false })).toMatchObject({ code: 130 });
    await text(root, "filter delete claims");
    expect((await hub.inkube(root, "filter list")).err).toBe("There are no access filters\n");
  });

  it("quota is set in parts, and everybody sees his own use", async () => {
    expect(await text(root, "quota set --enforce on --clusters 3")).toBe(
      "Each user may have 3 nested clusters, 12 CPU, 16Gi memory, 20Gi storage\n",
    );
    await text(root, "quota set --separate-groups europe");
    expect(await json(root, "quota show")).toMatchObject({ enabled: true, clusters: 3, separateGroups: ["europe"] });
    expect(await text(root, "quota set --hide-separate-groups on")).toContain(
      "as much again in hidden groups europe\n",
    );
    expect((await hub.inkube(root, "quota set --hide-separate-groups maybe")).code).toBe(2);
    expect(await text(ann, "quota usage")).toMatch(/memory +0Gi +16Gi +16Gi\n/);
    expect((await hub.inkube(ann, "quota set --clusters 9")).code).toBe(6);
    expect(await hub.inkube(root, "quota set --clusters 1001")).toMatchObject({
      code: 5,
      err: expect.stringContaining("clusters: "),
    });
    await text(root, "quota set --enforce off --one-budget --hide-separate-groups off");
  });

  it("PRJ-01 project delete --force says what goes along, and asks first", async () => {
    await text(root, "project create old");
    await eventually(() =>
      text(root, "create batch -n old --group europe --cpu 4 --memory 4Gi --storage 2Gi --no-wait"),
    );
    expect((await hub.inkube(root, "project delete old")).err).toContain(
      "Project old still has nested clusters: batch",
    );
    const asked = await hub.start(root, "project delete old --force", { answer: false });
    expect(await asked.code).toBe(130);
    expect(asked.io.questions).toEqual([
      "Delete project old with all its nested clusters, their workloads and their data?",
    ]);
    expect(await text(root, "project delete old --force -y")).toBe(
      "Project old is being deleted with all its nested clusters, their workloads and their data\n",
    );
  });

  it("whoami, key and session are about the caller", async () => {
    expect(await text(ann, "whoami")).toContain(`ann at ${hub.url}, in inkube:users`);
    const { id } = await json<{ id: string }>(ann, "key create ci --days 3");
    expect((await hub.inkube(root, `key delete ${id}`)).code).toBe(3);
    await text(ann, `key delete ${id}`);
    expect((await hub.inkube(ann, "key list")).out).not.toContain(id);
    expect(await text(root, "key limit 5 --dry-run")).toBe("Each user may have 5 API keys (dry run)\n");
    expect(await text(root, "key limit")).toBe("Each user may have 20 API keys\n");
    expect(await text(root, "key limit 30")).toBe("Each user may have 30 API keys\n");
    expect(await json(root, "key limit")).toEqual({ perUser: 30 });
    expect((await hub.inkube(ann, "key limit 40")).code).toBe(6);
    expect((await hub.inkube(root, "key limit 1001")).code).toBe(5);
    expect((await hub.inkube(root, "key limit many")).code).toBe(2);
    const session = { kind: "session" as const, subject: "ann", name: "browser", groups: [] };
    const expiresAt = "2999-01-01T00:00:00.000Z";
    const { credential } = await hub.test.credentials.issue({ ...session, expiresAt });
    await eventually(async () => expect(await text(ann, "session list")).toContain(credential.id));
    await text(ann, `session end ${credential.id}`);
    expect(await text(ann, "session list -o name")).not.toContain(credential.id);
  });

  it("list shows what the caller may see, narrowed by host, group, phase and labels", async () => {
    expect(await text(root, "list -A --group europe --label team=claims -o name")).toBe(
      "nestedcluster.inkube.dev/web\n",
    );
    expect((await hub.inkube(root, "list -A --label team=other")).err).toBe("There are no such nested clusters here\n");
    expect(await text(ann, "list -A -o wide")).toMatch(/shop +web /);
    const stranger = await hub.test.keyFor("stranger");
    expect(await hub.inkube(stranger, "list -A")).toMatchObject({ code: 0, out: "" });
  });

  it("events tells what happened, usage what was used", async () => {
    await eventually(async () => expect(await text(ann, "events web -n shop")).toMatch(/Normal +\w+ +shop\/web /));
    expect((await hub.inkube(ann, "events --host edge-1 --type Warning --since 1s")).code).toBe(0);
    const uses = { cpuCoreSeconds: 7200, memoryByteSeconds: 3600 * 2 ** 30, storageByteSeconds: 0, podSeconds: 1800 };
    const place = { host: "edge-9", project: "shop", cluster: "batch" };
    // Members see the hours that began after their project was made.
    await hub.test.store.usage.add([{ ...place, time: Date.now() + 3_600_000, ...uses }]);
    expect(await text(ann, "usage batch -n shop")).toMatch(/shop +batch +1 +2\.00 +1\.00 +0\.00 +0\.50\n/);
    expect(await json(ann, "usage batch -n shop --since 2h")).toMatchObject({ items: [{ ...place, ...uses }] });
    expect((await hub.inkube(ann, "usage batch -n shop --to 2020-01-01T00:00:00Z")).err).toContain("Nothing is known");
  });

  it("list --watch goes on with every change until it is stopped", async () => {
    const person = new AbortController();
    const { io, code } = await hub.start(ann, "list -n shop --watch", { signal: person.signal });
    await eventually(async () => expect(io.out).toMatch(/^added +shop +web /m));
    await text(root, "update web -n shop --label watched=yes");
    await eventually(async () => expect(io.out).toMatch(/^modified +shop +web /m));
    person.abort();
    expect(await code).toBe(130);
    expect(io.out).toMatch(/^EVENT +PROJECT +NAME +PHASE +HOST\n/);
    expect((await hub.inkube(ann, "list --watch --phase Ready")).code).toBe(2);
  });

  it("audit shows what was done, page after page, and as CSV", async () => {
    type Entries = { items: { id: string; actor: string; kind: string; action: string }[] };
    const { items } = await json<Entries>(root, "audit list --limit 1000");
    expect(items.map(({ kind, action }) => `${action} ${kind}`)).toEqual(
      expect.arrayContaining(["create ClusterGroup", "update UserQuota", "create AccessFilter"]),
    );
    const { items: few } = await json<Entries>(root, "audit list --limit 3 --actor root");
    expect(few.map(({ actor }) => actor)).toEqual(["root", "root", "root"]);
    const csv = await text(root, "audit list --csv");
    expect(csv.split("\n").length).toBeGreaterThan(items.length);
    expect(await text(ann, "audit list --since 1h -n shop")).toMatch(/^TIME +ACTOR/);
    expect((await hub.inkube(root, "audit list --since 1h --from 2026-01-01T00:00:00Z")).code).toBe(2);
    expect(await hub.inkube(root, "audit list --from yesterday")).toMatchObject({
      code: 5,
      err: expect.stringContaining("from: "),
    });
  });
});
