import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenCluster, openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { configMap, container, deployment, images, service } from "../harness/objects.ts";
import { servingCertificate } from "../harness/serving-certificate.ts";

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openCluster("extension");
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

describe("extending a nested cluster", () => {
  it("calls an admission webhook that a nested pod serves", async () => {
    const { kubectl } = cluster;
    const { caBundle, certificate, key } = await servingCertificate("gate.default.svc");
    await kubectl.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "gate" },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate, "tls.key": key },
    });
    const server = container({
      image: images.agnhost,
      args: ["webhook", "--tls-cert-file=/tls/tls.crt", "--tls-private-key-file=/tls/tls.key", "--port=8444"],
      readinessProbe: { tcpSocket: { port: 8444 }, periodSeconds: 1 },
      volumeMounts: [{ name: "tls", mountPath: "/tls" }],
    });
    const volumes = [{ name: "tls", secret: { secretName: "gate" } }];
    await kubectl.apply(
      deployment("gate", 1, { containers: [server], volumes }),
      service("gate", 443, { ports: [{ port: 443, targetPort: 8444 }] }),
    );
    await kubectl.rolledOut("deployment/gate");
    await kubectl.apply({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "gate" },
      webhooks: [
        {
          name: "gate.example.com",
          clientConfig: { caBundle, service: { namespace: "default", name: "gate", path: "/configmaps" } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          objectSelector: { matchLabels: { gated: "yes" } },
        },
      ],
    });
    const offending = { ...configMap("bad", { "webhook-e2e-test": "webhook-disallow" }) } as { metadata: object };
    offending.metadata = { name: "bad", labels: { gated: "yes" } };
    await eventually(async () => {
      const refused = await kubectl.try(["create", "-f", "-"], { input: JSON.stringify(offending) });
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain("the configmap contains unwanted key and value");
      return refused;
    });
    await kubectl.run(["delete", "validatingwebhookconfiguration", "gate"]);
  });

  it("keeps custom resources and validates them", async () => {
    const { kubectl } = cluster;
    await kubectl.apply({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "boats.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "boats", singular: "boat", kind: "Boat" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: { spec: { type: "object", properties: { masts: { type: "integer", minimum: 1 } } } },
              },
            },
          },
        ],
      },
    });
    await kubectl.await("Established", "crd/boats.example.com");
    const boat = (masts: number) => ({
      apiVersion: "example.com/v1",
      kind: "Boat",
      metadata: { name: "ship" },
      spec: { masts },
    });
    await eventually(() => kubectl.apply(boat(2)));
    expect((await kubectl.try(["apply", "-f", "-"], { input: JSON.stringify(boat(0)) })).code).not.toBe(0);
    expect(await kubectl.run(["get", "boats", "-o", "jsonpath={.items[*].spec.masts}"])).toBe("2");
  });

  it("refuses a user without rights, and allows what a Role grants", async () => {
    const { kubectl } = cluster;
    const as = ["--as=carol", "--as-group=system:authenticated"];
    const refused = await kubectl.try(["get", "pods", ...as]);
    expect(refused.stderr).toContain('User "carol" cannot list resource "pods"');
    await kubectl.run(["create", "role", "reader", "--verb=get,list", "--resource=pods"]);
    await kubectl.run(["create", "rolebinding", "reader", "--role=reader", "--user=carol"]);
    await eventually(() => kubectl.run(["get", "pods", ...as]));
    expect((await kubectl.try(["get", "secrets", ...as])).code).not.toBe(0);
  });

  it("makes its owner administrator of everything inside", async () => {
    expect(await cluster.kubectl.run(["auth", "can-i", "*", "*", "-A"])).toContain("yes");
  });
});
