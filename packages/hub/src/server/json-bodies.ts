import { AppError } from "@inkube/api";
import type { FastifyInstance } from "fastify";
import { bodyDepth } from "./limits.ts";

/**
 * Makes JSON the only thing that bodies may be. One with members that would reach an object's prototype, or with more depth than
 * anything of ours has, is refused.
 */
export function takeJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser("error", "error");
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    void parse(request, body, (error, value) => {
      if (error || isNoDeeperThan(bodyDepth, value)) done(error, value);
      else done(new AppError("USAGE", `The body has more than ${bodyDepth} levels`));
    });
  });
}

function isNoDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isNoDeeperThan(levels - 1, member));
}
