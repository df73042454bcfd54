import type { Duplex } from "node:stream";
import { isKubeError, type KubeObject, type Logger, resources } from "@inkube/kube";
import type { ClusterRegistry, ClusterView } from "../cluster-view.ts";
import type { Dial } from "./dial.ts";
import type { InnerServer } from "./inner-server.ts";
import { splice } from "./splice.ts";
import { chooseTarget, parseAuthority, type Target } from "./target.ts";
import type { TunnelMetrics, TunnelRefusal, TunnelTargetKind } from "./tunnel-metrics.ts";

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

class Refusal extends Error {
  readonly status: number;
  readonly label: TunnelRefusal;
  constructor(status: number, label: TunnelRefusal, reason: string) {
    super(reason);
    this.status = status;
    this.label = label;
  }
}

/** Answers one CONNECT: `authority` as asked, `caller` the name in the client's certificate, `socket` the connection after its head. */
export function createAcceptor(options: AcceptorOptions): (authority: string, caller: string, socket: Duplex) => void {
  const open = new Map<string, number>();

  const admit = (caller: string, socket: Duplex): void => {
    const count = (open.get(caller) ?? 0) + 1;
    if (count > options.maxConnections) throw new Refusal(503, "limit", "too many open connections of this cluster");
    open.set(caller, count);
    socket.once("close", () => {
      const left = (open.get(caller) ?? 1) - 1;
      if (left > 0) open.set(caller, left);
      else open.delete(caller);
    });
  };

  const lead = async (authority: string, caller: string, socket: Duplex): Promise<void> => {
    const view = options.registry.byHostNamespace(caller);
    if (!view) throw new Refusal(403, "identity", "this cluster is not served here");
    admit(caller, socket);
    const parsed = parseAuthority(authority);
    if (!parsed) throw new Refusal(400, "request", "the target is not host:port");
    const target = await resolve(chooseTarget(parsed, view), view);
    if (target.kind === "refused") throw new Refusal(403, "target", target.reason);
    if (target.kind === "network") {
      const upstream = await dial(target, socket);
      begin(socket, caller, "network");
      splice(socket, upstream);
      return;
    }
    begin(socket, caller, target.kind);
    if (target.kind === "kubelet") options.endpoints.kubelet.accept(socket, { view, node: target.node });
    else options.endpoints.admission.accept(socket, { view });
  };

  const dial = async (target: { host: string; port: number }, socket: Duplex): Promise<Duplex> => {
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    socket.once("close", onClose);
    try {
      const upstream = await options.dial({ ...target, signal: gone.signal });
      if (!socket.destroyed) return upstream;
      upstream.destroy();
      throw new Error("the caller went away");
    } catch (error) {
      throw new Refusal(502, "dial", `${target.host}:${target.port} did not answer: ${dialFailure(error)}`);
    } finally {
      socket.off("close", onClose);
    }
  };

  const begin = (socket: Duplex, caller: string, kind: TunnelTargetKind): void => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    options.metrics.opened(caller, kind);
    const closed = (): void => options.metrics.closed(caller, kind);
    if (socket.destroyed) queueMicrotask(closed);
    else socket.once("close", closed);
  };

  return (authority, caller, socket) => {
    lead(authority, caller, socket).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(502, "dial", "the target could not be looked up");
      // Names in metrics and logs come from certificates of our own CA, so an unknown one is a deleted cluster, not free text.
      options.metrics.refused(caller, refusal.label);
      options.logger.info(
        { cluster: caller, target: authority, reason: refusal.message },
        "Refused a tunnel connection",
      );
      refuse(socket, refusal);
    });
  };
}

/** A name of a Service becomes its ClusterIP, if that is the cluster's own. */
async function resolve(
  target: Target<KubeObject>,
  view: ClusterView,
): Promise<Exclude<Target<KubeObject>, { kind: "service" }>> {
  if (target.kind !== "service") return target;
  const { name, namespace, port } = target;
  const service = await view.nested.get(resources.services, { namespace, name }).catch((error: unknown) => {
    if (isKubeError(error)) return undefined;
    throw error;
  });
  const ip = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
  const chosen = ip === "" || ip === "None" ? undefined : chooseTarget({ host: ip, port }, view);
  if (chosen?.kind === "network" || chosen?.kind === "refused") return chosen;
  return { kind: "refused", reason: `service ${namespace}/${name} has no address to dial` };
}

function dialFailure(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "no route to it";
  return error instanceof Error ? error.message : "unknown failure";
}

/** The API server shows only the status line of a refusal to its users, so the reason is there as well as in the body. */
function refuse(socket: Duplex, refusal: Refusal): void {
  if (socket.destroyed) return;
  const reason = refusal.message.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  const body = `${reason}\n`;
  socket.on("error", () => socket.destroy());
  socket.resume();
  socket.end(
    `HTTP/1.1 ${refusal.status} ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
