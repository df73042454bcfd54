import { type Logger, systemClock } from "@inkube/kube";
import { createHub } from "../hub.ts";
import { openStore } from "../store/index.ts";

/** A JSON Schema, as far as references read it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

type Content = Record<string, { schema?: Schema }>;

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

/** The part of an OpenAPI document that references are made of. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

/** The description of the hub's HTTP API, from its routes; nothing is asked of any API server. */
export async function openApiDocument(): Promise<OpenApiDocument> {
  const time = { clock: systemClock, random: Math.random };
  await using store = await openStore({ url: "sqlite::memory:", clock: systemClock, logger: silent });
  const hub = createHub({
    identity: "none",
    config: { server: "https://kubernetes.invalid" },
    settings: { url: "https://hub.example.com", programImage: "inkube" },
    store,
    ...time,
    logger: silent,
  });
  try {
    return (await hub.describe()) as OpenApiDocument;
  } finally {
    await hub.stop();
  }
}
