import type { IncomingMessage, ServerResponse } from "node:http";
import type { SecureContext } from "node:tls";
import type { Clock, Logger } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import { createInnerServer, type InnerServer } from "../tunnel/inner-server.ts";
import { reviewService } from "./review-service.ts";
import { InvalidReview, readServiceRequest } from "./service-request.ts";
import { servicesPath } from "./webhook-names.ts";

export interface AdmissionServerOptions {
  /** Its certificate must hold the name that API servers verify, see `webhookServerName`. */
  secureContext: () => SecureContext;
  clock: Clock;
  /** Uniform in [0,1); for generated names. */
  random: () => number;
  logger: Logger;
  /** Largest review taken, bytes. Two objects of the most that an API server stores fit in the default. */
  maxBytes?: number;
}

class BadRequest extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The admission webhook for API servers of nested clusters; which cluster asks is known from the tunnel, not from the request. */
export function createAdmissionServer(options: AdmissionServerOptions): InnerServer<{ view: ClusterView }> {
  const maxBytes = options.maxBytes ?? 4 * 1024 * 1024;

  const review = async (view: ClusterView, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const body = await readJson(request, maxBytes);
    const { random } = options;
    const service = readServiceRequest(body);
    const answer = await reviewService(view, service, { random, signal: gone.signal });
    if (!answer.allowed) {
      const { hostNamespace } = view.identity;
      const fields = {
        cluster: hostNamespace,
        namespace: service.namespace,
        name: service.name,
        reason: answer.status?.message,
      };
      options.logger.debug(fields, "Refused a Service");
    }
    sendJson(response, { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer });
  };

  return createInnerServer<{ view: ClusterView }>({
    secureContext: options.secureContext,
    clock: options.clock,
    onRequest({ context, request }, response) {
      review(context.view, request, response).catch((error: unknown) => {
        request.resume();
        if (response.headersSent || response.destroyed) return void response.destroy();
        const status = error instanceof BadRequest ? error.status : error instanceof InvalidReview ? 400 : 500;
        if (status === 500) {
          options.logger.warn(
            { cluster: context.view.identity.hostNamespace, err: error },
            "Could not review a Service",
          );
        }
        const message = status === 500 ? "the review failed" : (error as Error).message;
        response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(message);
      });
    },
  });
}

async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  // API servers add ?timeout=10s.
  if ((request.url ?? "").split("?")[0] !== servicesPath) throw new BadRequest(404, "nothing is served here");
  if (request.method !== "POST") throw new BadRequest(405, "only POST is served here");
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new BadRequest(415, "application/json is needed");
  }
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BadRequest(413, "the review is too large");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BadRequest(413, "the review is too large");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new BadRequest(400, "the body is not JSON");
  }
}

function sendJson(response: ServerResponse, value: object): void {
  if (!response.destroyed) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}
