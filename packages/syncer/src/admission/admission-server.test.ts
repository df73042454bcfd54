import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createConnection, createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { connect, createSecureContext } from "node:tls";
import { KubeError, systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster-view.ts";
import type { InnerServer } from "../tunnel/inner-server.ts";
import { testAuthority } from "../tunnel/testing/certificates.ts";
import { type FakeView, fakeView } from "../tunnel/testing/fake-view.ts";
import { createAdmissionServer } from "./admission-server.ts";
import type { AdmissionResponse } from "./review-service.ts";
import { probe, probeReason, servicesPath } from "./webhook-names.ts";

function review(fields: { spec?: object; name?: string; namespace?: string; request?: object } = {}): object {
  const { name = "web", namespace = "default" } = fields;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "some-uid",
      operation: "CREATE",
      namespace,
      name,
      resource: { group: "", version: "v1", resource: "services" },
      object: { metadata: { name, namespace }, spec: fields.spec ?? { type: "ClusterIP", ports: [{ port: 80 }] } },
      ...fields.request,
    },
  };
}

describe("the admission of Services", () => {
  let view: FakeView;
  let server: InnerServer<{ view: ClusterView }>;
  let entrance: Server;

  beforeEach(async () => {
    view = fakeView();
    const context = createSecureContext(await (await testAuthority()).issue("webhook"));
    server = createAdmissionServer({
      secureContext: () => context,
      clock: systemClock,
      random: () => 0,
      logger: collectingLogger(),
      maxBytes: 10_000,
    });
    entrance = createServer({ allowHalfOpen: true }, (socket) => server.accept(socket, { view }));
    entrance.listen(0, "127.0.0.1");
    await once(entrance, "listening");
  });

  afterEach(() => {
    server.close();
    entrance.close();
  });

  async function post(body: string, options: { path?: string; method?: string; type?: string } = {}) {
    const socket = connect({
      socket: createConnection((entrance.address() as { port: number }).port, "127.0.0.1"),
      rejectUnauthorized: false,
    });
    const { path = `${servicesPath}?timeout=10s`, method = "POST", type = "application/json" } = options;
    const sent = httpRequest({ path, method, headers: { "content-type": type }, createConnection: () => socket });
    sent.on("error", () => {});
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const answer = await text(response);
    socket.destroy();
    return { status: response.statusCode, body: answer };
  }

  async function decide(body: object): Promise<AdmissionResponse> {
    const answer = await post(JSON.stringify(body));
    expect(answer.status).toBe(200);
    return (JSON.parse(answer.body) as { response: AdmissionResponse }).response;
  }

  it("answers with a patch that holds the host's address", async () => {
    const response = await decide(review());
    expect(response).toMatchObject({ uid: "some-uid", allowed: true, patchType: "JSONPatch" });
    const patch = JSON.parse(Buffer.from(response.patch ?? "", "base64").toString()) as object[];
    expect(patch).toContainEqual({ op: "add", path: "/spec/clusterIP", value: "10.96.7.7" });
    expect(view.asked).toMatchObject([
      { dryRun: false, update: false, service: { metadata: { name: "web", namespace: "default" } } },
    ]);
  });

  it.each([
    ["a headless one", { spec: { clusterIP: "None" } }],
    ["an ExternalName", { spec: { type: "ExternalName", externalName: "example.com" } }],
    ["the API server's own", { name: "kubernetes" }],
  ])("lets %s through without asking the host", async (_what, fields) => {
    expect(await decide(review(fields))).toEqual({ uid: "some-uid", allowed: true });
    expect(view.asked).toEqual([]);
  });

  it("passes a dry run on as one", async () => {
    await decide(review({ request: { dryRun: true } }));
    expect(view.asked[0]?.dryRun).toBe(true);
  });

  it("answers the probe, and only as a dry run", async () => {
    const { namespace, name } = probe;
    const refused = await decide(review({ namespace, name, request: { dryRun: true } }));
    expect(refused).toMatchObject({ allowed: false, status: { reason: probeReason } });
    expect(await decide(review({ namespace, name }))).toMatchObject({ allowed: true });
  });

  it.each([
    [
      "in the tenant's terms when the host refuses",
      new KubeError({
        code: "forbidden",
        status: 403,
        reason: "Forbidden",
        message: 'services "web-x-default-x-demo" is forbidden in inkube-team-demo-0a1b2: exceeded quota',
      }),
      { code: 403, reason: "Forbidden", message: 'services "web" is forbidden in default: exceeded quota' },
    ],
    [
      "without the host's accounts when Inkube lacks a right",
      new KubeError({ code: "forbidden", status: 403, message: 'User "system:serviceaccount:inkube-system:x" cannot' }),
      { code: 500, message: "Inkube is not allowed to make this service on the host" },
    ],
    [
      "as something to try again when the host does not answer",
      new KubeError({ code: "unreachable", message: "GET https://10.1.2.3" }),
      { code: 503, message: "the host does not answer, so the service has no address yet; try again" },
    ],
    [
      "without details when something else went wrong",
      new TypeError("secret"),
      { code: 500, message: "the service could not be prepared on the host" },
    ],
  ])("refuses %s", async (_how, error, status) => {
    view.answer = () => {
      throw error;
    };
    expect(await decide(review())).toMatchObject({ allowed: false, status });
  });

  it.each([
    ["another path", JSON.stringify(review()), { path: "/other" }, 404],
    ["another method", "", { method: "PUT" }, 405],
    ["another type of body", JSON.stringify(review()), { type: "text/plain" }, 415],
    ["what is not JSON", "{", {}, 400],
    ["another kind", JSON.stringify({ apiVersion: "v1", kind: "Service" }), {}, 400],
    ["a review of pods", JSON.stringify(review({ request: { resource: { group: "", resource: "pods" } } })), {}, 400],
    ["a review without an object", JSON.stringify(review({ request: { object: null } })), {}, 400],
    ["a review that is too large", JSON.stringify(review({ spec: { note: "x".repeat(20_000) } })), {}, 413],
  ])("refuses %s", async (_what, body, options, status) => {
    expect((await post(body, options)).status).toBe(status);
    expect(view.asked).toEqual([]);
  });
});
