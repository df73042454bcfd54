import { errorTable } from "@inkube/api";
import type { OpenApiDocument, Operation, Parameter, Schema } from "./openapi-document.ts";
import { cell, describedText, typeText } from "./schema-text.ts";

interface Placed {
  method: string;
  path: string;
  operation: Operation;
}

/** The reference of the HTTP API in Markdown: each operation with what it takes and answers, then the schemas by name. Pure. */
export function apiPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const byTag = Object.groupBy(operations, ({ operation }) => operation.tags[0] ?? "other");
  const lines = [
    "# HTTP API of the hub",
    "",
    "Generated from the routes by `make generate`; [openapi.json](openapi.json) says the same to programs. Every request but the",
    "open ones carries `Authorization: Bearer TOKEN`; API keys are made with `inkube key create`.",
    "",
    ...errorLines(),
    ...Object.entries(byTag).flatMap(([tag, placed = []]) => [
      `## ${tag.charAt(0).toUpperCase()}${tag.slice(1)}`,
      "",
      ...placed.flatMap(operationLines),
    ]),
    "## Schemas",
    "",
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) => schemaLines(name, schema)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function errorLines(): string[] {
  const rows = Object.entries(errorTable).map(([code, { status, retry }]) => [
    `\`${code}\``,
    String(status),
    retry === "backoff" ? "yes" : "no",
  ]);
  return [
    "## Errors",
    "",
    "Any operation may answer 4XX or 5XX, always with an [Error](#error). The command line exits as docs/exit-codes.md says.",
    "",
    ...tableLines(["code", "status", "trying again can help"], rows),
  ];
}

function operationLines({ method, path, operation }: Placed): string[] {
  const { summary, description, security, parameters = [], requestBody, responses } = operation;
  const isOpen = security !== undefined && security.length === 0;
  return [
    `### ${method} ${path}`,
    "",
    `${summary}.${isOpen ? " Open: no token is needed." : ""}${description === undefined ? "" : ` ${description}`}`,
    "",
    ...parameterLines(parameters),
    ...Object.entries(requestBody?.content ?? {}).flatMap(([type, { schema }]) => bodyLines("Body", type, schema)),
    ...Object.entries(responses)
      .filter(([status]) => !/^[45]/.test(status))
      .flatMap(([status, { content = {}, description }]) => {
        const entries = Object.entries(content);
        if (entries.length === 0) return [`Answer ${status}: ${description}`, ""];
        return entries.flatMap(([type, { schema }]) => bodyLines(`Answer ${status}`, type, schema));
      }),
  ];
}

function parameterLines(parameters: readonly Parameter[]): string[] {
  const rows = parameters.map(({ name, in: place, required, description, schema }) => [
    `\`${name}\``,
    `${place}${required ? ", required" : ""}`,
    typeText(schema),
    describedText({ ...schema, ...(description !== undefined && { description }) }),
  ]);
  return rows.length === 0 ? [] : tableLines(["parameter", "in", "type", ""], rows);
}

function bodyLines(title: string, type: string, schema: Schema | undefined): string[] {
  const media = type === "application/json" ? "" : ` (${type})`;
  if (!schema?.properties) {
    const what = [schema ? typeText(schema) : "", cell(schema?.description ?? "")].filter((part) => part !== "");
    return [`${title}${media}: ${what.join(". ")}`, ""];
  }
  return [`${title}${media}:`, "", ...tableLines(["field", "type", ""], fieldRows(schema, ""))];
}

function schemaLines(name: string, schema: Schema): string[] {
  const about = schema.description === undefined ? [] : [schema.description, ""];
  const body = schema.properties ? tableLines(["field", "type", ""], fieldRows(schema, "")) : [typeText(schema), ""];
  return [`### ${name}`, "", ...about, ...body];
}

/** Every field, those of objects inside by their path; `*` must be there. */
function fieldRows(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isNeeded = schema.required?.includes(name) && field.default === undefined;
    const row = [`\`${path}\`${isNeeded ? "\\*" : ""}`, typeText(field), describedText(field)];
    const inside = field.properties ? field : field.items;
    const below = inside?.properties ? fieldRows(inside, field.properties ? `${path}.` : `${path}[].`) : [];
    return [row, ...below];
  });
}

function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line), ""];
}
