import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import type { HubServer } from "../server/server.ts";
import { errorAnswers } from "./route-context.ts";

type Transform = typeof jsonSchemaTransform;

/** Describes a route for the OpenAPI document, and names it by its method and path, so that no two have the same name. */
export const describeRoute = ((document) => {
  const { schema, url } = jsonSchemaTransform(document);
  if (!schema || schema.hide) return { schema, url };
  const methods = [document.route?.method ?? ""].flat();
  return { schema: { ...schema, operationId: operationId(methods[0] ?? "", document.url) }, url };
}) as Transform;

/** `getProjectsByProjectClustersByName` for `GET /api/v1/projects/:project/clusters/:name`. Pure. */
export function operationId(method: string, url: string): string {
  const words = url
    .replace(/^\/api\/v1\//, "")
    .split(/[/.-]/)
    .filter((word) => word !== "")
    .map((word) => (word.startsWith(":") ? `By${capital(word.slice(1))}` : capital(word)));
  return method.toLowerCase() + words.join("");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The description of the HTTP API, for programs that make clients of it. It says nothing of this hub's content, so it is open. */
export function openApiRoutes(server: HubServer): void {
  server.route({
    method: "GET",
    url: "/api/v1/openapi.json",
    schema: {
      tags: ["description"],
      summary: "Get this description, in OpenAPI 3.1",
      security: [],
      response: { 200: z.record(z.string(), z.unknown()), ...errorAnswers },
    },
    handler: async () => server.swagger() as unknown as Record<string, unknown>,
  });
}
