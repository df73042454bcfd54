import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import { isIP } from "node:net";
import { type Client, resources } from "@inkube/kube";
import { Refusal } from "./refusal.ts";

/** Reads one path of the real kubelet of a node. Throws a {@link Refusal} that says why it could not. */
export type HostKubelet = (node: string, path: string, signal: AbortSignal) => Promise<string>;

export interface HostKubeletOptions {
  /** For the node's true address: what a nested Node says can be changed by its tenant, and a token is sent there. */
  host: Client;
  /** Asked for every request, since service account tokens and CAs are renewed. `ca` is PEM: who signs the kubelets' serving certificates. */
  credentials: () => Promise<{ token: string; ca: string }>;
  port?: number;
  /** Accept any certificate of a kubelet. The token then goes to whoever answers at the node's address. Default false. */
  insecureSkipVerify?: boolean;
  /** Largest answer taken, bytes. */
  maxBytes?: number;
}

/**
 * Dials kubelets on their own port with rights for `nodes/stats` and `nodes/metrics` only; through the API server it would take
 * `nodes/proxy`, which is the right to run anything in every pod.
 */
export function createHostKubelet(options: HostKubeletOptions): HostKubelet & { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, timeout: 20_000 });
  const read: HostKubelet = async (node, path, signal) => {
    const address = await nodeAddress(options.host, node, signal);
    const { token, ca } = await options.credentials();
    const response = await send(
      {
        agent,
        host: address,
        port: options.port ?? 10250,
        path,
        ca,
        rejectUnauthorized: options.insecureSkipVerify !== true,
        headers: { authorization: `Bearer ${token}` },
        signal,
      },
      node,
    );
    const body = await readBody(response, options.maxBytes ?? 64 * 1024 * 1024);
    if (response.statusCode === 200) return body;
    if (response.statusCode === 401 || response.statusCode === 403) {
      throw new Refusal(502, `the kubelet of node ${node} does not let Inkube read its statistics`);
    }
    throw new Refusal(502, `the kubelet of node ${node} answered with status ${response.statusCode ?? 0}`);
  };
  return Object.assign(read, { close: () => agent.destroy() });
}

async function nodeAddress(host: Client, node: string, signal: AbortSignal): Promise<string> {
  const object = await host.get(resources.nodes, { name: node }, { signal });
  const addresses = (object?.status as { addresses?: { type: string; address: string }[] } | undefined)?.addresses;
  const address = addresses?.find(({ type }) => type === "InternalIP")?.address ?? "";
  if (isIP(address) === 0) throw new Refusal(404, `node ${node} has no address`);
  return address;
}

function send(options: RequestOptions, node: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve);
    sent.once("timeout", () => sent.destroy(new Error("timeout")));
    sent.once("error", (error: NodeJS.ErrnoException) => reject(new Refusal(502, sendFailure(error, node))));
    sent.end();
  });
}

function sendFailure(error: NodeJS.ErrnoException, node: string): string {
  const code = error.code ?? "";
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return (
      `the certificate of the kubelet of node ${node} is not signed by the CA that Inkube was given (${code}); ` +
      "whoever runs the host can set the kubelets' CA, or have kubelets use certificates of the cluster's CA"
    );
  }
  return `the kubelet of node ${node} could not be reached${code === "" ? "" : ` (${code})`}`;
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Refusal(502, "the kubelet's answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
