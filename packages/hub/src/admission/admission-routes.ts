import { AppError, isAppError } from "@inkube/api";
import { type Clock, isKubeError, type Logger } from "@inkube/kube";
import type { FastifyRequest } from "fastify";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import type { AdmissionToken } from "./admission-token.ts";
import { createAdmitted } from "./admitted.ts";
import {
  type Judge,
  type Judging,
  judgeClusterReview,
  judgeGroupReview,
  judgeHostReview,
  judgeProjectReview,
} from "./judge.ts";
import { ownerPatch } from "./owner.ts";
import { type RefusalStatus, statusOf } from "./refusal.ts";
import { type ReviewedKind, readReview, reviewedKinds } from "./review.ts";
import { admissionPaths } from "./webhook-configuration.ts";

/** Two objects of the most that an API server stores fit. */
const bodyLimit = 3 * 1024 * 1024;

type Dependencies = Pick<HubContext, "client" | "view"> & { clock: Clock; logger: Logger };

/**
 * What the API server asks before it stores something. Whoever does not know the path's last part finds nothing here, whatever he
 * sends.
 */
export function admissionRoutes(server: HubServer, dependencies: Dependencies, token: AdmissionToken): void {
  const admitted = createAdmitted(dependencies.clock);
  server.addHook("onRequest", async (request) => {
    const { token: shown = "" } = request.params as { token?: string };
    if (!(await token.isKnown(shown))) throw new AppError("KUBE_NOT_FOUND", "There is nothing at this address");
  });
  const post = (path: string, answer: (request: FastifyRequest, signal: AbortSignal) => Promise<object>): void => {
    server.route({
      method: "POST",
      url: `${path}/:token`,
      schema: { hide: true },
      config: { audit: false },
      bodyLimit,
      handler: async (request, reply) => {
        const gone = new AbortController();
        reply.raw.once("close", () => gone.abort());
        const response = await answer(request, gone.signal);
        return reply.send({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response });
      },
    });
  };
  const judged = <T>(path: string, kind: ReviewedKind<T>, judge: Judge<T>): void =>
    post(path, (request, signal) => decide(request.body, kind, judge, { ...dependencies, admitted, signal }));
  post(admissionPaths.owners, async ({ body }) => patched(body));
  judged(admissionPaths.clusters, reviewedKinds.cluster, judgeClusterReview);
  judged(admissionPaths.hosts, reviewedKinds.host, judgeHostReview);
  judged(admissionPaths.groups, reviewedKinds.group, judgeGroupReview);
  judged(admissionPaths.projects, reviewedKinds.project, judgeProjectReview);
}

function patched(body: unknown): object {
  const review = readReview(body, reviewedKinds.owner);
  const patch = ownerPatch(review);
  const { uid } = review;
  if (patch.length === 0) return { uid, allowed: true };
  return { uid, allowed: true, patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") };
}

async function decide<T>(
  body: unknown,
  kind: ReviewedKind<T>,
  judge: Judge<T>,
  judging: Judging & { logger: Logger },
): Promise<object> {
  const review = readReview(body, kind);
  const { uid, name, operation } = review;
  try {
    const refusal = await judge(review, judging);
    if (!refusal) return { uid, allowed: true };
    const status = statusOf(refusal, kind.type, name);
    judging.logger.debug({ kind: kind.type.kind, name, operation, reason: refusal.causes[0]?.reason }, "Refused");
    return { uid, allowed: false, status };
  } catch (error) {
    return { uid, allowed: false, status: unknowable(error, judging.logger) };
  }
}

/** The rules could not be looked at: nothing is allowed then, and nothing told about why but what an administrator can mend. */
function unknowable(error: unknown, logger: Logger): RefusalStatus {
  const isKnown = isKubeError(error) || isAppError(error, "SPEC_INVALID");
  const text = error instanceof Error ? error.message : String(error);
  logger[isKnown ? "warn" : "error"]({ error: text }, "Could not judge a change");
  const message = isAppError(error, "SPEC_INVALID")
    ? `${text}. ${error.todo}`
    : "The hub could not look at its rules now: try again";
  return { status: "Failure", code: 503, reason: "ServiceUnavailable", message };
}
