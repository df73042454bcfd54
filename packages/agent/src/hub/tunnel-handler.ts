import { Readable } from "node:stream";
import { type AppError, isAppError, type NestedCluster, names, tunnelHeaders, tunnelPaths } from "@inkube/api";
import { type Client, isKubeError, resources } from "@inkube/kube";
import type { AgentAnswer, AgentRequest } from "@inkube/tunnel";
import { secretData } from "../objects/secret-data.ts";
import type { NestedRequests } from "./nested-requests.ts";
import { readBody } from "./read-body.ts";

/** Headers that are for this program, not for the nested API server. */
const ownHeaders: ReadonlySet<string> = new Set(Object.values(tunnelHeaders));

export interface TunnelHandlerOptions {
  client: Client;
  nested: NestedRequests;
}

/**
 * Answers what the hub sends through the tunnel: requests to nested API servers. They are made with this host's own credentials,
 * which never leave it, as the user and group that the hub names.
 */
export function createTunnelHandler(options: TunnelHandlerOptions) {
  return async (request: AgentRequest, signal: AbortSignal): Promise<AgentAnswer> => {
    try {
      return await answer(options, request, signal);
    } catch (error) {
      return refusal(error);
    }
  };
}

async function answer(
  { client, nested }: TunnelHandlerOptions,
  request: AgentRequest,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const { cluster, open } = nested.find(request.headers);
  if (request.path === tunnelPaths.kubeconfig) return peopleKubeconfig(client, cluster);
  if (request.path === tunnelPaths.ca) return authority(client, cluster);
  const target = await open();
  const headers = passedOn(request.headers);
  const { method } = request;
  if (request.upgrade !== undefined) {
    const upgraded = await target.upgrade({
      method,
      path: request.path,
      headers: { ...headers, upgrade: request.upgrade },
      signal,
    });
    const { status, socket, body } = upgraded;
    if (socket) return { status: 101, headers: upgraded.headers, socket };
    return { status, headers: { "content-type": "application/json" }, body: body ?? "" };
  }
  const body = hasBody(method) ? await readBody(request.body) : undefined;
  const reply = await target.raw({ method, path: request.path, headers, signal, ...(body && { body }) });
  return { status: reply.status, headers: reply.headers, body: Readable.from(reply.body) };
}

async function peopleKubeconfig(client: Client, cluster: NestedCluster): Promise<AgentAnswer> {
  const { kubeconfig } = await secretOf(client, cluster, names.kubeconfigSecret);
  return kubeconfig
    ? { status: 200, headers: { "content-type": "application/yaml" }, body: kubeconfig }
    : { status: 404, headers: { "content-type": "text/plain" }, body: "there is no endpoint yet" };
}

/** The certificate and nothing else of that Secret. */
async function authority(client: Client, cluster: NestedCluster): Promise<AgentAnswer> {
  const { "ca.crt": certificate } = await secretOf(client, cluster, names.pkiSecret);
  return certificate
    ? { status: 200, headers: { "content-type": "application/x-pem-file" }, body: certificate }
    : { status: 404, headers: { "content-type": "text/plain" }, body: "there is no authority yet" };
}

async function secretOf(client: Client, { status }: NestedCluster, name: string): Promise<Record<string, string>> {
  const namespace = status?.namespace;
  const secret = namespace ? await client.get(resources.secrets, { namespace, name }) : undefined;
  return secret ? secretData(secret) : {};
}

function hasBody(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}

function passedOn(headers: AgentRequest["headers"]): Record<string, string> {
  const entries = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !ownHeaders.has(name) && !name.startsWith(":"),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, [value].flat().join(", ")]));
}

/** As kubectl reads it: a Status. */
function refusal(error: unknown): AgentAnswer {
  const { status, message } = describe(error);
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: status };
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function describe(error: unknown): { status: number; message: string } {
  if (isAppError(error)) return { status: (error as AppError).status, message: error.message };
  if (isKubeError(error)) return { status: 503, message: "The nested API server does not answer" };
  return { status: 502, message: "The agent could not answer" };
}
