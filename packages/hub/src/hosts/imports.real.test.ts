import { clusterGroups, hostClusters, names, nestedClusters, newToken } from "@inkube/api";
import { createAuthority } from "@inkube/controlplane";
import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accepted,
  type Caller,
  callerOf,
  cluster,
  group,
  host,
  tryCreate,
  tryPatch,
  whenPlaced,
} from "../admission/testing/scene.ts";
import { administrators } from "../auth/principal.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { importToken, joinHost } from "./testing/joined-host.ts";

let test: TestHub;
let root: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
});
afterAll(async () => {
  await root?.client.close();
  await test?.[Symbol.asyncDispose]();
});

const makeHost = (name: string, spec: object = {}) =>
  tryCreate(test, root, hostClusters, { ...host(name), spec: { ...spec } as object });
const patchHost = (name: string, spec: object) => tryPatch(test, root, hostClusters, { name }, { spec });
const makeCluster = (name: string, spec: object) => tryCreate(test, root, nestedClusters, cluster(name, spec));
const hostStatus = async (name: string) => (await test.admin.get(hostClusters, { name }))?.status;
const nesting = { nesting: true, endpoint: { type: "Hub" } };
const offered = async (): Promise<string[]> => {
  const { items } = (await test.call(root.key, "GET", "/api/v1/hosts?eligible=true")).json() as { items: KubeObject[] };
  return items.map(({ metadata }) => metadata.name);
};
async function manifestOf(name: string, proxy: object = {}): Promise<KubeObject[]> {
  const answer = await test.call(undefined, "GET", `/import/${await importToken(test, root.key, name, proxy)}`);
  expect(answer.statusCode).toBe(200);
  return answer.body
    .split("---\n")
    .filter(Boolean)
    .map((text) => JSON.parse(text) as KubeObject);
}

describe("nesting", () => {
  it("HST-01 is turned on for a host that is there by one change, and then the host is offered", async () => {
    expect(await makeHost("old")).toEqual(accepted);
    await joinHost(test, root.key, "old");
    expect(await tryCreate(test, root, clusterGroups, group("of-old", ["old"]))).toMatchObject({ status: 422 });
    expect(await patchHost("old", nesting)).toEqual(accepted);
    await eventually(async () => expect(await offered()).toContain("old"));
    expect(await tryCreate(test, root, clusterGroups, group("of-old", ["old"]))).toEqual(accepted);
    expect(await makeCluster("on-old", { group: "of-old" })).toEqual(accepted);
    await whenPlaced(test, "on-old");
  });

  it("HST-01 that a host is created with needs no second change", async () => {
    expect(await makeHost("new", nesting)).toEqual(accepted);
    expect(await offered()).not.toContain("new");
    await joinHost(test, root.key, "new");
    await eventually(async () => expect(await offered()).toContain("new"));
    expect(await makeCluster("on-new", { host: "new" })).toEqual(accepted);
    await whenPlaced(test, "on-new");
  });

  it("IMP-07 is refused on a read-only host in the same words whatever way it is asked for, and works in full", async () => {
    const words =
      "Forbidden: nesting needs access full: this host was imported read-only, give the agent full access first";
    const refusal = { status: 422, fields: [{ field: "spec.nesting", message: words }] };
    expect(await makeHost("looked-at", { ...nesting, access: "read-only" })).toEqual(refusal);
    expect(await makeHost("looked-at", { access: "read-only" })).toEqual(accepted);
    expect(await patchHost("looked-at", nesting)).toEqual(refusal);
    expect(await makeHost("worked-on", nesting)).toEqual(accepted);
    expect(await patchHost("worked-on", { access: "read-only" })).toEqual(refusal);
  });
});

describe("an import", () => {
  it("IMP-01 asks for a name; its access is full unless it says read-only, and nothing else", async () => {
    const unnamed = await test.call(root.key, "POST", "/api/v1/hosts", { spec: {} });
    expect(unnamed.statusCode).toBe(422);
    expect(unnamed.json().error.fields).toEqual([{ field: "metadata.name", message: "is required" }]);
    expect(await makeHost("No_Name")).toMatchObject({ status: 422, fields: [{ field: "metadata.name" }] });
    expect(await makeHost("strange", { access: "some" })).toMatchObject({
      status: 422,
      fields: [{ field: "spec.access" }],
    });
    expect(await makeHost("plain")).toEqual(accepted);
    expect((await test.admin.get(hostClusters, { name: "plain" }))?.spec).toMatchObject({
      access: "full",
      nesting: false,
    });
  });

  it("IMP-02 IMP-03 is shown as importing until its agent has joined", async () => {
    expect(await makeHost("awaited")).toEqual(accepted);
    const phase = async () =>
      ((await test.call(root.key, "GET", "/api/v1/hosts/awaited")).json() as { status?: { phase?: string } }).status
        ?.phase;
    await eventually(async () => expect(await phase()).toBe("Importing"));
    await importToken(test, root.key, "awaited");
    expect(await phase()).toBe("Importing");
    await joinHost(test, root.key, "awaited");
    await eventually(async () => expect(await phase()).toBe("Running"));
  });

  it("IMP-02 has an address of its own, that of another or of none gives nothing of it", async () => {
    for (const name of ["mine", "theirs"]) expect(await makeHost(name)).toEqual(accepted);
    const tokens: string[] = [];
    for (const name of ["mine", "theirs", "mine"]) tokens.push(await importToken(test, root.key, name));
    expect(new Set(tokens).size).toBe(tokens.length);
    const [replaced = "", theirs = "", mine = ""] = tokens;
    const fetch = (token: string) => test.call(undefined, "GET", `/import/${token}`);
    const [ofMine, ofTheirs] = [await fetch(mine), await fetch(theirs)];
    for (const [{ statusCode, body }, own, other] of [
      [ofMine, mine, theirs],
      [ofTheirs, theirs, mine],
    ] as const) {
      expect(statusCode).toBe(200);
      expect(body).toContain(own);
      expect(body).not.toContain(other);
    }
    for (const unknown of [newToken("import").token, replaced, mine.slice(0, -1), "mine", "x"]) {
      const answer = await fetch(unknown);
      expect([answer.statusCode, answer.json().error.code], unknown).toEqual([404, "KUBE_NOT_FOUND"]);
    }
  });

  it("IMP-01 takes no settings of a proxy but those that it can use", async () => {
    expect(await makeHost("proxied")).toEqual(accepted);
    const { certificate, key } = await createAuthority("proxy", 0);
    for (const body of [{ caHostPath: "/etc" }, { ca: certificate + key }]) {
      const answer = await test.call(root.key, "POST", "/api/v1/hosts/proxied/import", body);
      expect(answer.statusCode).toBe(422);
    }
  });

  const wrong: [field: string, value: unknown][] = [
    ["httpsProxy", "proxy:3128"],
    ["httpsProxy", "ftp://proxy"],
    ["httpsProxy", "http://"],
    ["httpsProxy", "http://proxy/path"],
    ["httpsProxy", "http://pro\r\nxy:3128"],
    ["httpsProxy", "http://proxy:3128\n"],
    ["httpsProxy", "http://proxy:99999"],
    ["httpsProxy", "javascript:alert(1)"],
    ["httpsProxy", "http://proxy?x=1"],
    ["httpsProxy", 3128],
    ["noProxy", "a\r\nb"],
    ["noProxy", "a\n"],
    ["noProxy", "a;b"],
    ["ca", "relative/path.crt"],
    ["ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    ["ca", ""],
  ];
  it.each(wrong)("IMP-01 refuses %s %j, and names the field", async (field, value) => {
    const answer = await test.call(root.key, "POST", "/api/v1/hosts/proxied/import", { [field]: value });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error.fields.map((one: { field: string }) => one.field)).toEqual([field]);
  });

  it("IMP-11 brings what it was told of the proxy into the manifest", async () => {
    const { certificate: ca } = await createAuthority("proxy", 0);
    const told = { httpsProxy: "http://me:pass@proxy:3128", noProxy: "10.0.0.0/8,.internal", ca };
    const objects = await manifestOf("proxied", told);
    const secret = objects.find(({ metadata }) => metadata.name === names.hubConnectionSecret);
    expect(secret?.stringData).toMatchObject({ "https-proxy": told.httpsProxy, "proxy-ca.crt": ca });
    expect(JSON.stringify(objects)).toContain('"name":"NO_PROXY","value":"10.0.0.0/8,.internal"');
  });

  it("IMP-05 tells that usage is unavailable, and everything else all the same", async () => {
    await makeHost("unmetered", { access: "read-only" });
    const { report } = await joinHost(test, root.key, "unmetered", { access: "read-only", metrics: "unavailable" });
    const known = { version: "v1.34.4", nodes: 1, capacity: { cpu: "16" }, phase: "Running" };
    await eventually(async () =>
      expect(await hostStatus("unmetered")).toMatchObject({ ...known, metrics: "unavailable" }),
    );
    await report({ access: "read-only", metrics: "available" });
    await eventually(async () => expect(await hostStatus("unmetered")).toMatchObject({ metrics: "available" }));
  });
});

describe("a read-only host", () => {
  it("IMP-04 takes no nested cluster and comes into no group, and the answer says why", async () => {
    expect(await makeHost("audited", { access: "read-only" })).toEqual(accepted);
    await joinHost(test, root.key, "audited", { access: "read-only" });
    const inGroup = await tryCreate(test, root, clusterGroups, group("audits", ["audited"]));
    expect(inGroup).toMatchObject({ status: 422, fields: [{ field: "spec.hosts[0].name" }] });
    expect(inGroup.fields[0]?.message).toContain("it was imported read-only");
    expect(await offered()).not.toContain("audited");
    const answer = await makeCluster("on-audited", { host: "audited" });
    expect(answer).toMatchObject({ status: 422, fields: [{ field: "spec.host" }] });
    expect(answer.fields[0]?.message).toContain("audited: it was imported read-only");
  });

  it("IMP-04 is led into by no way of kubectl, exec or kubeconfig, not even for an administrator, and the answer says why", async () => {
    await test.bind("inkube:project-admin", "rosa", "default");
    const exec = "v1/namespaces/default/pods/p/exec?command=id";
    const [nothing, noCluster] = ["There is nothing at this address", "There is no nested cluster audited in project"];
    const requests = [
      ["GET", "/api/v1/hosts/audited/kubeconfig", 404, nothing],
      ["POST", `/hosts/audited/api/${exec}`, 404, nothing],
      ["GET", "/clusters/default/audited/api/v1/nodes", 404, noCluster],
      ["POST", `/clusters/default/audited/api/${exec}`, 404, noCluster],
      ["GET", "/api/v1/projects/default/clusters/audited/kubeconfig?via=endpoint", 404, noCluster],
      ["POST", "/kubernetes/apis/inkube.dev/v1alpha1/hostclusters/audited/exec", 403, "hostclusters/exec"],
      ["GET", "/kubernetes/apis/inkube.dev/v1alpha1/hostclusters/audited/proxy/api", 403, "hostclusters/proxy"],
    ] as const;
    for (const key of [root.key, await test.keyFor("rosa")]) {
      for (const [method, path, status, reason] of requests) {
        const answer = await test.call(key, method, path);
        expect(answer.statusCode, path).toBe(status);
        const told = answer.json() as { message?: string; error?: { message: string } };
        expect(told.error?.message ?? told.message, path).toContain(reason);
      }
    }
  });

  it("IMP-06 has full access once its command was run again, by the credential that it has", async () => {
    expect(await makeHost("grown", { access: "read-only" })).toEqual(accepted);
    const joined = await joinHost(test, root.key, "grown", { access: "read-only" });
    const rulesOf = async () => {
      const role = (await manifestOf("grown")).find(
        ({ kind, metadata }) => kind === "ClusterRole" && metadata.name === names.agent,
      );
      return JSON.stringify(role?.rules);
    };
    expect(await rulesOf()).not.toContain('statefulsets"],"verbs":["create');
    expect(await patchHost("grown", { access: "full", ...nesting })).toEqual(accepted);
    expect(await rulesOf()).toContain('"resources":["statefulsets"],"verbs":["create"');

    // Nothing was applied there yet.
    await joined.report({ access: "read-only" });
    expect(await offered()).not.toContain("grown");
    expect(await makeCluster("early", { host: "grown" })).toEqual(accepted);
    const placed = async () =>
      ((await test.admin.get(nestedClusters, { namespace: "default", name: "early" }))?.status ?? {}) as {
        host?: string;
        conditions?: { message: string }[];
      };
    await eventually(async () => expect((await placed()).conditions?.[0]?.message).toContain("may only look until"));

    await joined.rejoin(await importToken(test, root.key, "grown"));
    await joined.report({ access: "full" });
    await eventually(async () => expect((await placed()).host).toBe("grown"));
    expect(await hostStatus("grown")).toMatchObject({ access: "full" });
    expect((await test.call(joined.token, "POST", "/agent/v1/report", {})).statusCode).toBe(200);
  });

  it("IMP-06 cannot be made of one with nested clusters", async () => {
    const refused = await patchHost("grown", { nesting: false, access: "read-only" });
    expect(refused.status).toBe(422);
    expect(refused.fields.map(({ field }) => field)).toEqual(["spec.nesting", "spec.access"]);
    expect(refused.fields[1]?.message).toContain("default/early");
  });
});

describe("a kubeconfig of a host itself", () => {
  it("IMP-09 is given by no route, and nothing leads into a host but to its nested clusters", async () => {
    const served = test.routes.map(({ url }) => url);
    expect(served.filter((url) => /kubeconfig/.test(url))).toEqual([
      "/api/v1/projects/:project/clusters/:name/kubeconfig",
      "/api/v1/projects/:project/clusters/:name/kubeconfig",
    ]);
    for (const path of ["/api/v1/hosts/new/kubeconfig", "/hosts/new/api/v1/nodes", "/clusters/new/api/v1/nodes"]) {
      expect((await test.call(root.key, "GET", path)).statusCode, path).toBe(404);
    }
  });
});
