import { agentPaths, names, nestedClusters, newToken } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { importToken } from "../hosts/testing/joined-host.ts";
import { parseCsv } from "../store/testing/parse-csv.ts";
import { sqliteDatabase, type TestDatabase } from "../store/testing/test-database.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeProjects, passthrough } from "../testing/two-projects.ts";

let database: TestDatabase;
let test: TestHub;
let admin: string;
beforeAll(async () => {
  database = await sqliteDatabase();
  test = await startTestHub({ storeUrl: database.url });
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Row {
  [field: string]: string | number | null;
}

async function rowOf(answer: { headers: Record<string, unknown> }): Promise<Row[]> {
  const { items } = await test.store.audit.list({ limit: 200 });
  return items.filter(({ requestId }) => requestId === answer.headers["x-request-id"]) as unknown as Row[];
}

describe("AUD-01 the audit log", () => {
  it("has one row of each mutating call: who, what, where, with which outcome", async () => {
    const headers = { "x-inkube-note": "because of ünï" };
    const cases = [
      ["POST", "/api/v1/projects/red/clusters", clusterBody("x"), "create", "NestedCluster", "red", "x", 201],
      [
        "PATCH",
        "/api/v1/projects/red/clusters/x",
        { spec: { paused: true } },
        "update",
        "NestedCluster",
        "red",
        "x",
        200,
      ],
      ["DELETE", "/api/v1/projects/red/clusters/x", undefined, "delete", "NestedCluster", "red", "x", 202],
      ["DELETE", "/api/v1/projects/red/clusters/no", undefined, "delete", "NestedCluster", "red", "no", 404],
      ["POST", passthrough("red"), clusterBody("y"), "create", "NestedCluster", "red", "y", 201],
      ["DELETE", passthrough("red", "y"), undefined, "delete", "NestedCluster", "red", "y", 200],
      ["POST", "/api/v1/projects", { name: "Bad Name" }, "create", "Project", "Bad Name", "Bad Name", 422],
      ["POST", "/api/v1/hosts", { metadata: { name: "h1" }, spec: {} }, "create", "HostCluster", null, "h1", 201],
      ["POST", "/api/v1/hosts/h1/import", {}, "action", "HostCluster", null, "h1", 201],
      ["POST", "/api/v1/keys", { name: "ci" }, "create", "APIKey", null, "ci", 201],
      ["POST", "/%61pi/v1/keys", { name: "hidden" }, "create", "APIKey", null, "hidden", 201],
      ["POST", "/api/v1/nothing", {}, "create", "Unknown", null, null, 404],
    ] as const;
    for (const [method, path, body, action, kind, project, name, status] of cases) {
      const note = path.includes("red/clusters/x") ? headers : {};
      const answer = await test.call(admin, method, path, body, note);
      expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBe(status);
      const rows = await rowOf(answer);
      expect(rows, `${method} ${path}`).toHaveLength(1);
      expect(rows[0]).toMatchObject({ method, action, kind, project, name, status, sourceAddress: "127.0.0.1" });
      const known = path !== "/api/v1/nothing";
      expect(rows[0]).toMatchObject(known ? { actor: "root", actorType: "api-key" } : { actor: "anonymous" });
      expect(rows[0]?.note).toBe(path.includes("red/clusters/x") ? "because of ünï" : null);
    }
  });

  it("has no row of what only reads", async () => {
    for (const path of ["/api/v1/clusters", "/api/v1/audit", passthrough("red"), "/kubernetes/version"]) {
      expect(await rowOf(await test.call(admin, "GET", path))).toEqual([]);
    }
  });

  it("has the reason of a refusal, also of one by the Kubernetes API behind /kubernetes", async () => {
    const outsider = await test.keyFor("outsider");
    for (const path of ["/api/v1/projects/red/clusters/red-one", passthrough("red", "red-one")]) {
      const answer = await test.call(outsider, "DELETE", path);
      expect(answer.statusCode).toBe(403);
      const [row] = await rowOf(answer);
      expect(row).toMatchObject({ actor: "outsider", status: 403, project: "red", name: "red-one" });
      expect(row?.message).toContain('cannot delete resource "nestedclusters"');
    }
    const stranger = await test.call(undefined, "POST", "/api/v1/keys", { name: "k" });
    expect(await rowOf(stranger)).toMatchObject([
      { actor: "anonymous", status: 401, message: "No credential was sent" },
    ]);
  });

  it("marks what was only a dry run", async () => {
    const body = clusterBody("dry");
    for (const path of ["/api/v1/projects/red/clusters?dryRun=true", `${passthrough("red")}?dryRun=All`]) {
      const [row] = await rowOf(await test.call(admin, "POST", path, body));
      expect(row?.message).toMatch(/^Dry run: Created NestedCluster red\/dry/);
    }
    expect(await test.admin.get(nestedClusters, { namespace: "red", name: "dry" })).toBeUndefined();
  });

  it("calls nothing a dry run that happened, whatever its query says", async () => {
    const one = passthrough("red", "dry-or-not");
    const remove = async (query: string, options: object | undefined) => {
      await test.call(admin, "POST", "/api/v1/projects/red/clusters", clusterBody("dry-or-not"));
      const [row] = await rowOf(await test.call(admin, "DELETE", `${one}${query}`, options));
      const left = await test.admin.get(nestedClusters, { namespace: "red", name: "dry-or-not" });
      return [row?.message, left?.metadata.deletionTimestamp === undefined && left !== undefined];
    };
    const [dry, done] = ["Dry run: Deleted NestedCluster red/dry-or-not", "Deleted NestedCluster red/dry-or-not"];
    expect(await remove("", { kind: "DeleteOptions", apiVersion: "v1", dryRun: ["All"] })).toEqual([dry, true]);
    expect(await remove("?dryRun=All", undefined)).toEqual([dry, true]);
    expect(await remove("?dryRun=All", { kind: "DeleteOptions", apiVersion: "v1" })).toEqual([done, false]);
    const login = await test.call(undefined, "POST", "/auth/token?dryRun=true", {
      code: "x",
      verifier: "v".repeat(43),
    });
    expect((await rowOf(login))[0]?.message).not.toContain("Dry run");
  });

  it("holds no body, no token and no query that could be a secret", async () => {
    const made = await test.call(admin, "POST", "/api/v1/keys", { name: "secret key", description: "hush-hush" });
    const { token } = made.json() as { token: string };
    await test.call(admin, "POST", `/api/v1/keys/${token}/revoke`);
    await test.call(admin, "POST", `/api/v1/keys/${encodeURIComponent(token)}?x=${token}&name=${token}`);
    await test.call(
      admin,
      "POST",
      "/clusters/red/red-one/api/v1/namespaces/a/pods/p/exec?command=hush-hush&container=c",
    );
    const rows = JSON.stringify(await database.run("select * from audit"));
    expect(rows).toContain("secret key");
    expect(rows).toContain("/exec?container=c");
    expect(rows).not.toContain("hush-hush");
    expect(rows).not.toContain(token.split("_").slice(2).join("_"));
  });

  it("knows the first administrator and the joining host by their one-time tokens", async () => {
    const token = await eventually(async () => {
      const secret = await test.admin.get(resources.secrets, {
        namespace: names.systemNamespace,
        name: "hub-first-admin",
      });
      return Buffer.from((secret?.data as { token: string } | undefined)?.token ?? "", "base64").toString();
    });
    const answer = await test.call(token, "POST", "/api/v1/setup");
    expect(answer.statusCode).toBe(201);
    expect(await rowOf(answer)).toMatchObject([
      { actor: "inkube:admin", actorType: "user", kind: "Setup", action: "create" },
    ]);
    const bootstrap = await importToken(test, admin, "h1");
    // Also one that comes too late is known by it.
    for (const status of [200, 410]) {
      const { id, hash } = newToken("host");
      const joining = { id, hash, agentVersion: "1", version: "v1.34.4" };
      const joined = await test.call(bootstrap, "POST", agentPaths.join, joining);
      expect(joined.statusCode, joined.body).toBe(status);
      expect(await rowOf(joined)).toMatchObject([
        { actor: "h1", actorType: "host", kind: "HostCluster", name: "h1", action: "create", status },
      ]);
    }
    const stranger = await test.call(newToken("import").token, "POST", agentPaths.join, {
      ...newToken("host"),
      agentVersion: "1",
      version: "v1.34.4",
    });
    expect(await rowOf(stranger)).toMatchObject([{ actor: "anonymous", actorType: "system", name: null, status: 410 }]);
  });

  it("is listed by filter and page, and the same as CSV", async () => {
    const seen: string[] = [];
    let next = "";
    do {
      const page = await test.call(admin, "GET", `/api/v1/audit?project=red&action=delete&limit=2${next}`);
      expect(page.statusCode, page.body).toBe(200);
      const { items, continue: more } = page.json() as { items: Row[]; continue?: string };
      for (const row of items) expect(row).toMatchObject({ project: "red", action: "delete" });
      seen.push(...items.map(({ id }) => String(id)));
      next = more ? `&continue=${more}` : "";
    } while (next !== "");
    const csv = await test.call(admin, "GET", "/api/v1/audit.csv?project=red&action=delete");
    expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8");
    const [header, ...lines] = parseCsv(csv.body);
    expect(header?.[0]).toBe("id");
    expect(lines.map(([id]) => id)).toEqual(seen);
    expect(seen.length).toBeGreaterThan(3);
    const none = await test.call(admin, "GET", "/api/v1/audit?from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z");
    expect(none.json()).toEqual({ items: [] });
    for (const query of ["from=yesterday", "limit=0", "continue=x"]) {
      expect((await test.call(admin, "GET", `/api/v1/audit?${query}`)).statusCode, query).toBeGreaterThanOrEqual(400);
    }
  });

  it("shows a member the rows of his projects only, by list and CSV", async () => {
    await test.bind("inkube:project-admin", "rosa", "red");
    const rosa = await test.keyFor("rosa");
    await eventually(async () => {
      const { items } = (await test.call(rosa, "GET", "/api/v1/audit?limit=200")).json() as { items: Row[] };
      expect(items.length).toBeGreaterThan(3);
      expect(new Set(items.map(({ project }) => project))).toEqual(new Set(["red"]));
      const csv = await test.call(rosa, "GET", "/api/v1/audit.csv");
      expect(
        parseCsv(csv.body)
          .slice(1)
          .map(([id]) => id),
      ).toEqual(items.map(({ id }) => id));
    });
    for (const path of [
      "/api/v1/audit?project=blue",
      "/api/v1/audit.csv?project=blue",
      "/api/v1/audit?project=kube-system",
    ]) {
      expect((await test.call(rosa, "GET", path)).statusCode, path).toBe(403);
    }
    const outsider = await test.keyFor("outsider");
    expect((await test.call(outsider, "GET", "/api/v1/audit")).json()).toEqual({ items: [] });
    expect(parseCsv((await test.call(outsider, "GET", "/api/v1/audit.csv")).body)).toHaveLength(1);
  });

  it("keeps what happened in an earlier project of the same name from the members of the new one", async () => {
    const early = { actor: "before", project: "red", time: Date.now() - 3_600_000 };
    const rest = {
      actorType: "user",
      action: "delete",
      method: "DELETE",
      path: "/",
      kind: "Project",
      status: 202,
    } as const;
    await test.store.audit.append([{ ...early, ...rest, message: "", requestId: "early", sourceAddress: "" }]);
    const rosa = await test.keyFor("rosa");
    for (const path of ["/api/v1/audit?limit=200", "/api/v1/audit?limit=200&project=red", "/api/v1/audit.csv"]) {
      expect((await test.call(rosa, "GET", path)).body).not.toContain("early");
      expect((await test.call(admin, "GET", path)).body).toContain("early");
    }
  });

  it("stops every change while it cannot be written, and lets reads go on", async () => {
    const body = clusterBody("unaudited");
    const paths = ["/api/v1/projects/red/clusters", passthrough("red")];
    const restore = await database.cut();
    try {
      for (const path of paths) {
        const answer = await test.call(admin, "POST", path, body);
        expect(answer.statusCode).toBe(503);
        expect(answer.json().error).toMatchObject({
          code: "KUBE_UNREACHABLE",
          message: "The audit log cannot be written, so nothing can be changed now",
        });
      }
      expect((await test.call(admin, "GET", "/api/v1/clusters")).statusCode).toBe(200);
      expect((await test.call(admin, "GET", passthrough("red"))).statusCode).toBe(200);
    } finally {
      await restore();
    }
    expect(await test.admin.get(nestedClusters, { namespace: "red", name: "unaudited" })).toBeUndefined();
    expect((await test.call(admin, "POST", paths[0] ?? "", body)).statusCode).toBe(201);
    const refusals = await test.store.audit.list({ limit: 50, projects: ["red"] });
    // Also the attempts of that time are there now.
    const refused = refusals.items.filter(({ status, kind }) => status === 503 && kind === "NestedCluster");
    expect(refused).toHaveLength(2);
  });

  it("has rows of administrators by group as well", async () => {
    const key = await test.keyFor("by-group", [administrators]);
    const answer = await test.call(key, "POST", "/api/v1/projects", { name: "green" });
    expect(await rowOf(answer)).toMatchObject([{ actor: "by-group", project: "green", name: "green", status: 201 }]);
  });
});
