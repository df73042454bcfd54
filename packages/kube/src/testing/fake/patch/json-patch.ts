import { ApiFailure, badRequest } from "../api-failure.ts";
import { isJsonObject, sameJson } from "../json.ts";

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

function rejected(why: string): ApiFailure {
  return new ApiFailure(422, "Invalid", `the server rejected our request due to an error in our request: ${why}`);
}

function pointer(path: string): string[] {
  if (path === "") return [];
  if (!path.startsWith("/")) throw rejected(`path "${path}" is no JSON pointer`);
  const tokens = path.slice(1).split("/");
  return tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function index(list: unknown[], token: string, limit: number): number {
  const at = token === "-" ? list.length : Number(token);
  if (!Number.isInteger(at) || at < 0 || at > limit) throw rejected(`index "${token}" is out of range`);
  return at;
}

function child(container: unknown, token: string): unknown {
  if (Array.isArray(container)) return container[index(container, token, container.length - 1)];
  if (isJsonObject(container) && token in container) return container[token];
  throw rejected(`"${token}" does not exist`);
}

function insert(container: unknown, token: string, value: unknown): void {
  if (Array.isArray(container)) container.splice(index(container, token, container.length), 0, value);
  else if (isJsonObject(container)) container[token] = value;
  else throw rejected(`"${token}" has no container`);
}

function take(container: unknown, token: string): unknown {
  const value = child(container, token);
  if (Array.isArray(container)) container.splice(Number(token), 1);
  else if (isJsonObject(container)) delete container[token];
  return value;
}

function locate(document: unknown, path: string): { container: unknown; token: string } {
  const tokens = pointer(path);
  const token = tokens.pop();
  if (token === undefined) throw rejected("the whole document cannot be replaced");
  return { container: tokens.reduce(child, document), token };
}

function run(document: unknown, operation: Operation): void {
  const { container, token } = locate(document, operation.path);
  switch (operation.op) {
    case "add":
      insert(container, token, operation.value);
      return;
    case "remove":
      take(container, token);
      return;
    case "replace":
      take(container, token);
      insert(container, token, operation.value);
      return;
    case "move": {
      const from = locate(document, operation.from ?? "");
      insert(container, token, take(from.container, from.token));
      return;
    }
    case "copy": {
      const from = locate(document, operation.from ?? "");
      insert(container, token, structuredClone(child(from.container, from.token)));
      return;
    }
    case "test":
      if (!sameJson(child(container, token), operation.value)) throw rejected(`test of "${operation.path}" failed`);
      return;
    default:
      throw badRequest(`unknown JSON patch operation "${operation.op}"`);
  }
}

/** JSON patch (RFC 6902), all operations or none. A failed operation is a 422. The target stays unchanged. */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("a JSON patch is a list of operations");
  const document = structuredClone(target);
  for (const operation of patch as Operation[]) run(document, operation);
  return document;
}
