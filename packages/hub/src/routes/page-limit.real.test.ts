import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";

/** How much a page holds, when it is not said and at most. */
const pages = {
  "/api/v1/projects": { default: 50, maximum: 500 },
  "/api/v1/clusters": { default: 50, maximum: 500 },
  "/api/v1/hosts": { default: 50, maximum: 500 },
  "/api/v1/groups": { default: 50, maximum: 500 },
  "/api/v1/audit": { default: 50, maximum: 200 },
  "/api/v1/events": { default: 50, maximum: 500 },
  "/api/v1/usage": { default: 100, maximum: 1000 },
} as const;

interface Operation {
  parameters?: { name: string; schema: { default?: number; maximum?: number } }[];
}

let test: TestHub;
let admin: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
});
afterAll(() => test[Symbol.asyncDispose]());

it("API-01 the document says of every list how much a page holds, and no list has no limit", async () => {
  const { paths } = (await test.call(admin, "GET", "/api/v1/openapi.json")).json() as {
    paths: Record<string, { get?: Operation }>;
  };
  const told = Object.entries(paths).flatMap(([path, { get }]) => {
    const limit = get?.parameters?.find(({ name }) => name === "limit");
    return limit ? [[path, { default: limit.schema.default, maximum: limit.schema.maximum }] as const] : [];
  });
  expect(Object.fromEntries(told)).toEqual(pages);
  const paged = Object.entries(paths).filter(([, { get }]) => get?.parameters?.some(({ name }) => name === "continue"));
  expect(paged.map(([path]) => path).sort()).toEqual(Object.keys(pages).sort());
});

it.each(Object.entries(pages))(
  "API-01 a page of %s is refused when it is larger than the most, by its field",
  async (path, most) => {
    const page = (limit: number | string) => test.call(admin, "GET", `${path}?limit=${limit}`);
    for (const limit of [1, most.maximum]) expect((await page(limit)).statusCode).toBe(200);
    for (const limit of [most.maximum + 1, 0, -1, 1.5, "all", ""]) {
      const answer = await page(limit);
      expect(answer.statusCode, `${limit}: ${answer.body}`).toBe(422);
      expect(answer.json().error.fields, `${limit}`).toMatchObject([{ field: "limit" }]);
    }
  },
);
