import { answerHeaders } from "../server/answer-headers.ts";

const ofConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * What only the hub itself may tell those who ask it: a host, or whoever runs something in a nested cluster there, could otherwise
 * plant a session, open the hub's answers to other sites, or lead browsers where it likes.
 */
const ofHub =
  /^(set-cookie2?|access-control-.*|alt-svc|clear-site-data|cross-origin-.*|link|nel|permissions-policy|public-key-pins|refresh|report-to|reporting-endpoints|service-worker-allowed|sourcemap|timing-allow-origin|x-frame-options|x-request-id)$/;

type Headers = Readonly<Record<string, string | string[]>>;

/** Headers of an answer that came through a tunnel, as far as they are passed on. Pure. */
export function passedBack(headers: Headers): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    ([name]) => !name.startsWith(":") && !ofConnection.has(name) && !ofHub.test(name) && !(name in answerHeaders),
  );
  return Object.fromEntries(kept);
}
