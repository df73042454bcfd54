import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";

interface Schema {
  [keyword: string]: unknown;
}
interface Content {
  [type: string]: { schema?: Schema };
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}
interface Document {
  openapi: string;
  info: { title?: string; version?: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
}

let test: TestHub;
let document: Document;
beforeAll(async () => {
  test = await startTestHub();
  const answer = await test.call(undefined, "GET", "/api/v1/openapi.json");
  expect(answer.statusCode, answer.body).toBe(200);
  document = answer.json() as Document;
});
afterAll(() => test[Symbol.asyncDispose]());

const methods = ["get", "post", "put", "patch", "delete"];

function operations(): [at: string, path: string, method: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(
        ([method, operation]) => [`${method} ${path}`, path, method, operation] as [string, string, string, Operation],
      ),
  );
}

/** Every object in the document, with where it is. */
function* parts(value: unknown, at = "#"): Generator<[string, Schema]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Schema];
  for (const [key, part] of Object.entries(value)) yield* parts(part, `${at}/${key}`);
}

/** These do what their path says, and take nothing. */
const withoutBody = ["post /api/v1/setup", "post /api/v1/keys/{id}/revoke"];
const types = ["string", "number", "integer", "boolean", "object", "array", "null"];

describe("API-01 the OpenAPI document", () => {
  it("is an OpenAPI 3.1 document whose references all lead somewhere", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info.title).toBeTruthy();
    expect(document.info.version).toBeTruthy();
    const references = [...parts(document)].filter(([, { $ref }]) => typeof $ref === "string");
    expect(references.length).toBeGreaterThan(0);
    for (const [at, { $ref }] of references) {
      expect($ref, at).toMatch(/^#\//);
      let found: unknown = document;
      for (const key of String($ref).slice(2).split("/")) found = (found as Schema | undefined)?.[key];
      expect(found, `${at}: ${$ref}`).toBeTypeOf("object");
    }
  });

  it("has schemas of JSON Schema 2020-12, which OpenAPI 3.0 had not", () => {
    const isSchema = (at: string): boolean =>
      /\/schemas?(\/|$)/.test(at) && !/\/(example|default|enum|const)\b/.test(at);
    let seen = 0;
    for (const [at, part] of parts(document)) {
      // Below `properties` keywords are names.
      if (!isSchema(at) || /\/(properties|patternProperties|schemas)$/.test(at)) continue;
      seen += 1;
      expect(part, at).not.toHaveProperty("nullable");
      for (const keyword of ["exclusiveMinimum", "exclusiveMaximum"]) {
        if (keyword in part) expect(part[keyword], `${at}/${keyword}`).toBeTypeOf("number");
      }
      if ("type" in part) for (const type of [part.type].flat()) expect(types, at).toContain(type);
      if ("required" in part) expect(Array.isArray(part.required), at).toBe(true);
      if (typeof part.pattern === "string") expect(() => new RegExp(String(part.pattern), "u"), at).not.toThrow();
    }
    expect(seen).toBeGreaterThan(100);
  });

  it("has every route under /api/v1", () => {
    const served = test.routes
      .filter(({ url, method }) => url.startsWith("/api/v1/") && methods.includes(method.toLowerCase()))
      .map(({ url, method }) => `${method.toLowerCase()} ${url.replace(/:([a-zA-Z]+)/g, "{$1}")}`);
    expect(served.length).toBeGreaterThan(25);
    const described = operations().map(([at]) => at);
    expect(described.filter((at) => at.includes(" /api/v1/")).sort()).toEqual([...new Set(served)].sort());
  });

  it("names every operation once, and says what it is, takes and answers", () => {
    const ids = operations().map(([, , , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain("getProjectsByProjectClustersByName");
    for (const [at, path, method, operation] of operations().filter(([, path]) => path.startsWith("/api/v1/"))) {
      expect(operation.operationId, at).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(operation.summary, at).toBeTruthy();
      expect(operation.tags?.length, at).toBeGreaterThan(0);
      const placeholders = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => name).sort(), at).toEqual(placeholders.sort());
      for (const { required, schema } of inPath) expect([required, typeof schema], at).toEqual([true, "object"]);
      for (const { name, schema } of operation.parameters ?? []) expect(schema, `${at} ${name}`).toBeTypeOf("object");
      if (["post", "put", "patch"].includes(method) && !withoutBody.includes(at)) {
        const [body] = Object.values(operation.requestBody?.content ?? {});
        expect(body?.schema, `${at} takes what?`).toBeTypeOf("object");
      }
      const answers = Object.entries(operation.responses ?? {});
      expect(
        answers.some(([status]) => status.startsWith("2")),
        at,
      ).toBe(true);
      expect(
        answers.map(([status]) => status),
        at,
      ).toEqual(expect.arrayContaining(["4XX", "5XX"]));
      for (const [status, { description, content }] of answers) {
        expect(description, `${at} ${status}`).toBeTypeOf("string");
        if (status === "204") continue;
        for (const { schema } of Object.values(content ?? {})) expect(schema, `${at} ${status}`).toBeTypeOf("object");
        expect(Object.keys(content ?? {}).length, `${at} ${status}`).toBeGreaterThan(0);
      }
    }
  });
});
