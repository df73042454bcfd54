import { z } from "zod";
import type { HubContext } from "../context.ts";
import { createEventOutput } from "../live/event-output.ts";
import { createLiveFeed } from "../live/live-feed.ts";
import { liveKinds } from "../live/live-scope.ts";
import { answerHeaders } from "../server/answer-headers.ts";
import type { HubServer } from "../server/server.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName } from "./schemas.ts";

const kind = z.enum(liveKinds);
const query = z.object({
  kind: z
    .union([kind, z.array(kind).min(1).max(liveKinds.length)])
    .default("clusters")
    .describe("What to watch; may be given several times."),
  project: pathName.optional().describe("Only nested clusters of this project."),
  host: pathName.optional().describe("Only nested clusters on this host, and of hosts this one."),
  group: pathName.optional().describe("Only nested clusters of this group, and of groups this one."),
  label: z.string().max(1024).optional().describe("Only objects with these labels: key=value, key!=value, key, !key."),
});

const description = [
  "Server-Sent Events. First `added` for every object that fits and that the caller may see, then `synced`, then `added`, `modified` and `deleted` as things change.",
  'The data is `{"kind": …, "object": …}`; the object of `deleted` is its name, project and uid alone: it is gone, fits no more, or is not the caller\'s to see any more.',
  "An object that changes faster than it is read is told of once. A comment every 15 s shows that the connection lives; whoever reads nothing for half a minute is cut off, and so is everybody whose credential ends.",
  "There is no way to go on where a stream ended: a new one begins from the beginning.",
].join(" ");

/** Live updates of what lists show. */
export function watchRoutes(server: HubServer, context: HubContext): void {
  const { credentials, view, clock } = context;
  const feed = createLiveFeed(context);
  server.addHook("onClose", () => feed.stop());
  server.route({
    method: "GET",
    url: "/api/v1/watch",
    exposeHeadRoute: false,
    schema: {
      tags: ["live updates"],
      summary: "Watch nested clusters, hosts and groups",
      description,
      querystring: query,
      response: { 200: { content: { "text/event-stream": { schema: z.string() } } }, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const { kind: kinds, ...narrowed } = request.query;
      const life = credentials.lifeOf(caller.credential);
      try {
        await Promise.all([view.clusters, view.hosts, view.groups, view.projects].map((cache) => cache.whenSynced()));
        const stream = feed.open(caller, { ...narrowed, kinds: [...new Set([kinds].flat())] });
        reply.hijack();
        const output = createEventOutput(reply.raw, clock);
        life.signal.addEventListener("abort", output.cut, { once: true });
        reply.raw.writeHead(200, { ...answerHeaders, "content-type": "text/event-stream", "x-accel-buffering": "no" });
        reply.raw.flushHeaders();
        if (life.signal.aborted) output.cut();
        await stream.run(output);
      } finally {
        life.release();
      }
    },
  });
}
