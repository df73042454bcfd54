import type { Duplex } from "node:stream";
import type { KubeObject, Logger } from "@inkube/kube";
import type { ClusterRegistry, ClusterView } from "../cluster-view.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import type { Dial } from "./dial.ts";
import { findTarget } from "./find-target.ts";
import type { InnerServer } from "./inner-server.ts";
import { splice } from "./splice.ts";
import type { TunnelMetrics, TunnelTargetKind } from "./tunnel-metrics.ts";
import { sendRefusal, TunnelRefusal } from "./tunnel-refusal.ts";

/** The servers inside this process that a tunnelled connection may end at. */
export interface TunnelEndpoints {
  kubelet: InnerServer<{ view: ClusterView; node: KubeObject }>;
  admission: InnerServer<{ view: ClusterView }>;
}

export interface AcceptorOptions {
  registry: ClusterRegistry;
  endpoints: TunnelEndpoints;
  dial: Dial;
  metrics: TunnelMetrics;
  logger: Logger;
  maxConnections: number;
}

/** Answers CONNECT requests: lets one cluster's connection through to where it may go, or refuses it. */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #limit: ConnectionLimit;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#limit = new ConnectionLimit(options.maxConnections);
  }

  /** Answers one CONNECT: `authority` as asked, `caller` the name in the client's certificate, `socket` the connection after its head. */
  accept(authority: string, caller: string, socket: Duplex): void {
    this.#lead(authority, caller, socket).catch((error: unknown) => {
      const refusal =
        error instanceof TunnelRefusal ? error : new TunnelRefusal(502, "dial", "the target could not be looked up");
      // Names in metrics and logs come from certificates of our own CA, so an unknown one is a deleted cluster, not free text.
      const { metrics, logger } = this.#options;
      metrics.refused(caller, refusal.label);
      logger.info({ cluster: caller, target: authority, reason: refusal.message }, "Refused a tunnel connection");
      sendRefusal(socket, refusal);
    });
  }

  async #lead(authority: string, caller: string, socket: Duplex): Promise<void> {
    const { registry, endpoints } = this.#options;
    const view = registry.byHostNamespace(caller);
    if (!view) throw new TunnelRefusal(403, "identity", "this cluster is not served here");
    this.#limit.hold(caller, socket);
    const target = await findTarget(authority, view);
    if (target.kind === "network") {
      const upstream = await this.#dial(target, socket);
      this.#begin(socket, caller, "network");
      splice(socket, upstream);
      return;
    }
    this.#begin(socket, caller, target.kind);
    if (target.kind === "kubelet") endpoints.kubelet.accept(socket, { view, node: target.node });
    else endpoints.admission.accept(socket, { view });
  }

  /** Gives up when the caller goes away. */
  async #dial({ host, port }: { host: string; port: number }, socket: Duplex): Promise<Duplex> {
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    socket.once("close", onClose);
    try {
      const upstream = await this.#options.dial({ host, port, signal: gone.signal });
      if (!socket.destroyed) return upstream;
      upstream.destroy();
      throw new Error("the caller went away");
    } catch (error) {
      throw new TunnelRefusal(502, "dial", `${host}:${port} did not answer: ${dialFailure(error)}`);
    } finally {
      socket.off("close", onClose);
    }
  }

  #begin(socket: Duplex, caller: string, kind: TunnelTargetKind): void {
    const { metrics } = this.#options;
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    metrics.opened(caller, kind);
    const closed = (): void => metrics.closed(caller, kind);
    if (socket.destroyed) queueMicrotask(closed);
    else socket.once("close", closed);
  }
}

function dialFailure(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "no route to it";
  return error instanceof Error ? error.message : "unknown failure";
}
