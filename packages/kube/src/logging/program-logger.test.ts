import { describe, expect, it } from "vitest";
import { createProgramLogger } from "./program-logger.ts";

function start(level?: string) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createProgramLogger({ component: "syncer", destination, ...(level && { level }) }) };
}

describe("A program's logger", () => {
  it("prints one line of JSON with the program, an ISO time, the message and the fields", () => {
    const { lines, logger } = start();
    logger.info({ lease: "a" }, "Acquired lease");
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    expect(line).toMatchObject({ component: "syncer", lease: "a", msg: "Acquired lease" });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("prints every field once, however often parents and children name it", () => {
    const { lines, logger } = start();
    const part = logger.child({ part: "bootstrap", cluster: "a" }).child({ cluster: "b" });
    part.warn({ part: "dns" }, "Could not prepare");
    for (const field of ["component", "part", "cluster"]) expect(lines[0]?.split(`"${field}":`)).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ component: "syncer", part: "dns", cluster: "b" });
  });

  it("prints no secret, in a line or one level below", () => {
    const { lines, logger } = start();
    logger.child({ token: "s3cret" }).info({ request: { authorization: "s3cret" }, secret: { data: { a: "s3cret" } } });
    expect(lines[0]).toContain("[redacted]");
    expect(lines[0]).not.toContain("s3cret");
  });

  it("leaves out what is below its level", () => {
    const { lines, logger } = start("warn");
    logger.info({}, "quiet");
    logger.child({ part: "a" }).debug({}, "quiet");
    expect(lines).toEqual([]);
  });
});
