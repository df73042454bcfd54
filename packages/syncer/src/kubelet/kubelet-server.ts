import type { SecureContext } from "node:tls";
import type { Clock, Logger } from "@inkube/kube";
import { createInnerServer, type InnerServer } from "../tunnel/inner-server.ts";
import { answerRequest, joinRequest, type KubeletContext, type KubeletRequest, targetPath } from "./answer.ts";
import type { HostKubelet } from "./host-kubelet.ts";
import { type Refusal, refusalOfError } from "./refusal.ts";
import { refuseUpgrade, sendText } from "./send.ts";

export interface KubeletServerOptions {
  secureContext: () => SecureContext;
  hostKubelet: HostKubelet;
  clock: Clock;
  logger: Logger;
}

/**
 * The kubelet's API for nested API servers: logs, exec, attach and port-forward of the cluster's own pods, by way of the host's
 * API; pods, statistics and metrics of the node, reduced to the cluster's own. Everything not on that list is 403, a pod that is
 * not the cluster's or not on the node is 404, and no answer names anything of the host.
 */
export function createKubeletServer(options: KubeletServerOptions): InnerServer<KubeletContext> {
  const { secureContext, hostKubelet, clock, logger } = options;
  return createInnerServer<KubeletContext>({
    secureContext,
    clock,
    onRequest(inner, response) {
      inner.request.resume();
      answerRequest(inner, response, hostKubelet).catch((error: unknown) => {
        if (response.destroyed) return;
        const refusal = reported(error, inner, logger);
        if (response.headersSent) response.destroy();
        else sendText(response, refusal.status, refusal.message);
      });
    },
    onUpgrade(inner, socket, head) {
      socket.on("error", () => socket.destroy());
      joinRequest(inner, socket, head).catch((error: unknown) => {
        if (!socket.destroyed) refuseUpgrade(socket, reported(error, inner, logger));
      });
    },
  });
}

/** What to answer for an error; one that nobody foresaw is logged. */
function reported(error: unknown, { context, request }: KubeletRequest, logger: Logger): Refusal {
  const refusal = refusalOfError(error);
  if (refusal.status === 500) {
    const { hostNamespace } = context.view.identity;
    const path = targetPath(request.url ?? "");
    logger.warn({ cluster: hostNamespace, path, err: error }, "Could not handle a kubelet request");
  }
  return refusal;
}
