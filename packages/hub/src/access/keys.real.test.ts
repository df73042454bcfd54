import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { expectNoSecretTold } from "../testing/no-secret-told.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
});
afterAll(() => test[Symbol.asyncDispose]());

const me = (token: string | undefined) => test.call(token, "GET", "/api/v1/me");

describe("KEY-01 an API key", () => {
  it("is told once: no later answer has its secret or its hash", async () => {
    const owner = await test.keyFor("ada");
    const made = await test.call(owner, "POST", "/api/v1/keys", { name: "ci" });
    const { token, id } = made.json() as { token: string; id: string };
    const secret = token.split("_").slice(2).join("_");
    await eventually(async () => expect((await test.call(owner, "GET", "/api/v1/keys")).body).toContain(id));
    const answers = [
      await test.call(owner, "GET", "/api/v1/keys"),
      await test.call(owner, "POST", `/api/v1/keys/${id}/revoke`),
      await test.call(owner, "GET", "/api/v1/keys"),
      await test.call(owner, "DELETE", `/api/v1/keys/${id}`),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toContain(secret);
      expect(answer.body).not.toMatch(/hash"/i);
    }
  });

  it("stops when it is revoked, deleted or at its end, and says which", async () => {
    const owner = await test.keyFor("bea");
    for (const [end, words] of [
      ["revoke", "was revoked"],
      ["delete", "is not known"],
    ] as const) {
      const { token, id } = (await test.call(owner, "POST", "/api/v1/keys", { name: end })).json();
      expect((await me(token)).statusCode).toBe(200);
      await eventually(async () => {
        const url = `/api/v1/keys/${id}${end === "revoke" ? "/revoke" : ""}`;
        expect((await test.call(owner, end === "revoke" ? "POST" : "DELETE", url)).statusCode).toBe(200);
      });
      await eventually(async () => {
        const answer = await me(token);
        expect(answer.statusCode).toBe(401);
        expect(answer.json().error.message).toBe(`The credential ${words}`);
      });
    }
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const old = await test.credentials.issue({ kind: "api-key", subject: "bea", name: "old", expiresAt });
    const answer = await me(old.token);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error).toMatchObject({ code: "AUTH_REQUIRED", message: "The credential has expired" });
  });

  it("is nobody else's to see, revoke or delete", async () => {
    const owner = await test.keyFor("cleo");
    const { token, id } = (await test.call(owner, "POST", "/api/v1/keys", { name: "mine" })).json();
    await eventually(async () => expect((await test.call(owner, "GET", "/api/v1/keys")).body).toContain(id));
    for (const other of [await test.keyFor("dora"), await test.adminKey()]) {
      expect((await test.call(other, "GET", "/api/v1/keys")).body).not.toContain(id);
      expect((await test.call(other, "POST", `/api/v1/keys/${id}/revoke`)).statusCode).toBe(404);
      expect((await test.call(other, "DELETE", `/api/v1/keys/${id}`)).statusCode).toBe(404);
    }
    expect((await me(token)).json()).toMatchObject({ user: "cleo" });
  });

  it("of which a user has twenty at most; those that ended do not count", async () => {
    const owner = await test.keyFor("eve");
    const make = (name: string) => test.call(owner, "POST", "/api/v1/keys", { name });
    const ids: string[] = [];
    for (let number = 1; number < 20; number += 1) {
      const answer = await make(`key-${number}`);
      expect(answer.statusCode, answer.body).toBe(201);
      ids.push(answer.json().id);
    }
    // The hub sees its own keys by a watch.
    await eventually(async () => {
      expect((await test.call(owner, "GET", "/api/v1/keys")).json().items).toHaveLength(20);
    });
    const refused = await make("too-many");
    expect(refused.statusCode).toBe(403);
    expect(refused.json().error.message).toBe("You have 20 API keys already, of 20 that each user may have");
    expect((await test.call(owner, "POST", `/api/v1/keys/${ids[0]}/revoke`)).statusCode).toBe(200);
    await eventually(async () => expect((await make("again")).statusCode).toBe(201));
  });

  it("PRJ-01 with a limit of 5: the sixth is refused with the number, and an administrator sets the limit", async () => {
    const [admin, owner] = [await test.adminKey(), await test.keyFor("hal")];
    const limit = "/api/v1/settings/api-keys";
    expect((await test.call(admin, "GET", limit)).json()).toEqual({ perUser: 20 });
    for (const body of [{ perUser: 0 }, { perUser: 1001 }, { perUser: 2.5 }, {}]) {
      const answer = await test.call(admin, "PUT", limit, body);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().error.fields).toMatchObject([{ field: "perUser" }]);
    }
    expect((await test.call(admin, "PUT", limit, { perUser: 5, most: 6 })).statusCode).toBe(422);
    for (const [method, body] of [["GET"], ["PUT", { perUser: 9 }]] as const) {
      expect((await test.call(owner, method, limit, body)).statusCode).toBe(403);
    }
    const make = (name: string, query = "") => test.call(owner, "POST", `/api/v1/keys${query}`, { name });
    // The one that he asks with is the first.
    for (const name of ["two", "three", "four", "five", "six"]) expect((await make(name)).statusCode).toBe(201);
    await eventually(async () => {
      expect((await test.call(owner, "GET", "/api/v1/keys")).json().items).toHaveLength(6);
    });
    expect((await test.call(admin, "PUT", `${limit}?dryRun=true`, { perUser: 5 })).json()).toEqual({ perUser: 5 });
    expect((await make("seven", "?dryRun=true")).statusCode).toBe(200);
    expect((await test.call(admin, "PUT", limit, { perUser: 5 })).json()).toEqual({ perUser: 5 });
    const [one, two] = (await test.call(owner, "GET", "/api/v1/keys")).json().items.slice(-2) as { id: string }[];
    expect((await make("seven")).json().error.message).toContain("You have 6 API keys already, of 5");
    expect((await test.call(owner, "DELETE", `/api/v1/keys/${one?.id}`)).statusCode).toBe(200);
    for (const query of ["?dryRun=true", ""]) {
      await eventually(async () => {
        const refused = await make("sixth", query);
        expect(refused.statusCode).toBe(403);
        expect(refused.json().error.message).toBe("You have 5 API keys already, of 5 that each user may have");
      });
    }
    expect((await test.call(owner, "DELETE", `/api/v1/keys/${two?.id}`)).statusCode).toBe(200);
    await eventually(async () => expect((await make("fifth")).statusCode).toBe(201));
    const { items } = (await test.call(admin, "GET", "/api/v1/audit?kind=APIKeyLimit")).json();
    expect(items).toContainEqual(expect.objectContaining({ actor: "root", action: "update", kind: "APIKeyLimit" }));
    await test.call(admin, "PUT", limit, { perUser: 20 });
  });

  it("counts only whole: no part, other kind, or other way to send it lets anybody in", async () => {
    const token = await test.keyFor("fay");
    const [prefix, id, secret = ""] = [token.slice(0, 3), token.slice(4, 20), token.slice(21)];
    const other = secret.startsWith("A") ? "B" : "A";
    const wrong = [
      `${prefix}_${id}_${other}${secret.slice(1)}`,
      `ins_${id}_${secret}`,
      `${prefix}_${id}_`,
      `${token}x`,
    ];
    for (const one of [...wrong, "", "x"]) expect((await me(one)).statusCode, one.slice(0, 22)).toBe(401);
    for (const authorization of [`Basic ${token}`, token, `Bearer ${token} ${token}`, `Bearer  ${token}`]) {
      const answer = await test.call(undefined, "GET", "/api/v1/me", undefined, { authorization });
      expect(answer.statusCode).toBe(401);
    }
    expect((await test.call(undefined, "GET", `/api/v1/me?token=${token}&access_token=${token}`)).statusCode).toBe(401);
    expect((await me(token)).statusCode).toBe(200);
  });

  it("stands in no log, audit row, Event or object", async () => {
    const owner = await test.keyFor("gil");
    const { token } = (await test.call(owner, "POST", "/api/v1/keys", { name: "told-once" })).json() as {
      token: string;
    };
    expect((await test.call(token, "POST", "/api/v1/keys", { name: token })).statusCode).toBe(201);
    expect((await test.call(token, "DELETE", `/api/v1/groups/${token}`)).statusCode).toBeGreaterThanOrEqual(400);
    await expectNoSecretTold(test, { known: [owner, token] });
  });
});
