import { describe, expect, it } from "vitest";
import { aContext, aNested, at } from "../kind-fixtures.ts";
import { escapeValue, hostEnv } from "./env.ts";
import { pods } from "./index.ts";
import { serviceEnv } from "./service-env.ts";

const service = (name: string, spec: object) => aNested(name, { spec });

function envOf(container: Record<string, unknown>, context = aContext(), pod = aNested("web", { spec: {} })) {
  const env = hostEnv({ name: "c", ...container }, pod, context).env as { name: string }[];
  return env.filter(({ name }) => !name.startsWith("KUBERNETES_"));
}

describe("service variables", () => {
  it("say the nested API server's address in full, whatever the pod asks for", () => {
    expect(serviceEnv("default", false, aContext())).toEqual([
      { name: "KUBERNETES_SERVICE_HOST", value: "10.0.0.1" },
      { name: "KUBERNETES_SERVICE_PORT", value: "443" },
      { name: "KUBERNETES_SERVICE_PORT_HTTPS", value: "443" },
      { name: "KUBERNETES_PORT", value: "tcp://10.0.0.1:443" },
      { name: "KUBERNETES_PORT_443_TCP", value: "tcp://10.0.0.1:443" },
      { name: "KUBERNETES_PORT_443_TCP_PROTO", value: "tcp" },
      { name: "KUBERNETES_PORT_443_TCP_PORT", value: "443" },
      { name: "KUBERNETES_PORT_443_TCP_ADDR", value: "10.0.0.1" },
    ]);
  });

  it("link the namespace's own Services with an address, and no others", () => {
    const context = aContext({
      nested: {
        services: [
          service("my-db", {
            clusterIP: "fd00::5",
            ports: [
              { port: 53, protocol: "UDP" },
              { port: 9, name: "x-y" },
            ],
          }),
          service("headless", { clusterIP: "None", ports: [{ port: 1 }] }),
          service("elsewhere", { type: "ExternalName", externalName: "example.org" }),
          service("kubernetes", { clusterIP: "10.9.9.9", ports: [{ port: 443 }] }),
          aNested("other", { spec: { clusterIP: "10.0.0.7", ports: [{ port: 1 }] } }, { namespace: "kube-system" }),
        ],
      },
    });
    const linked = serviceEnv("default", true, context).filter(({ name }) => !name.startsWith("KUBERNETES_"));
    expect(linked).toEqual([
      { name: "MY_DB_SERVICE_HOST", value: "fd00::5" },
      { name: "MY_DB_SERVICE_PORT", value: "53" },
      { name: "MY_DB_SERVICE_PORT_X_Y", value: "9" },
      { name: "MY_DB_PORT", value: "udp://[fd00::5]:53" },
      { name: "MY_DB_PORT_53_UDP", value: "udp://[fd00::5]:53" },
      { name: "MY_DB_PORT_53_UDP_PROTO", value: "udp" },
      { name: "MY_DB_PORT_53_UDP_PORT", value: "53" },
      { name: "MY_DB_PORT_53_UDP_ADDR", value: "fd00::5" },
      { name: "MY_DB_PORT_9_TCP", value: "tcp://[fd00::5]:9" },
      { name: "MY_DB_PORT_9_TCP_PROTO", value: "tcp" },
      { name: "MY_DB_PORT_9_TCP_PORT", value: "9" },
      { name: "MY_DB_PORT_9_TCP_ADDR", value: "fd00::5" },
    ]);
    expect(serviceEnv("default", true, context)[0]).toEqual({ name: "KUBERNETES_SERVICE_HOST", value: "10.0.0.1" });
  });

  it("let a Service named kubernetes of another namespace take the place of the API server's, as kubelets do", () => {
    const own = aNested("kubernetes", { spec: { clusterIP: "10.0.0.8", ports: [{ port: 1 }] } }, { namespace: "a" });
    const context = aContext({ nested: { services: [own] } });
    expect(serviceEnv("a", true, context)[0]?.value).toBe("10.0.0.8");
  });

  it("come before the user's variables, which may refer to them", () => {
    const env = hostEnv(
      { env: [{ name: "API", value: "https://$(KUBERNETES_SERVICE_HOST)" }] },
      aNested("web"),
      aContext(),
    );
    const names = (env.env as { name: string }[]).map(({ name }) => name);
    expect(names.at(-1)).toBe("API");
    expect(names).toContain("KUBERNETES_SERVICE_HOST");
  });

  it("give way to the user's variables of the same name, from env and from envFrom", () => {
    const context = aContext({
      nested: {
        configmaps: [aNested("settings", { data: { SERVICE_HOST: "mine" } })],
        secrets: [aNested("keys", { data: { KUBERNETES_PORT: "bWluZQ==" } })],
      },
    });
    const container = {
      env: [{ name: "KUBERNETES_SERVICE_PORT", value: "1" }],
      envFrom: [{ prefix: "KUBERNETES_", configMapRef: { name: "settings" } }, { secretRef: { name: "keys" } }],
    };
    const { env } = hostEnv(container, aNested("web"), context) as { env: { name: string; value: string }[] };
    const names = env.map(({ name }) => name);
    expect(names).not.toContain("KUBERNETES_SERVICE_HOST");
    expect(names).not.toContain("KUBERNETES_PORT");
    expect(env.filter(({ name }) => name === "KUBERNETES_SERVICE_PORT")).toEqual([container.env[0]]);
  });
});

describe("variables of a container", () => {
  const pod = aNested(
    "web",
    { spec: { serviceAccountName: "builder" } },
    { labels: { app: "w", "inkube.dev/x": "in$ide" }, annotations: { note: "n" } },
  );
  const field = (fieldPath: string) => ({ name: "V", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } });

  it.each([
    ["metadata.name", "web"],
    ["metadata.namespace", "default"],
    ["metadata.uid", "web-uid"],
    ["spec.serviceAccountName", "builder"],
    ["metadata.labels['inkube.dev/x']", "in$$ide"],
    ["metadata.labels['inkube.dev/managed-by']", ""],
    ["metadata.annotations['inkube.dev/name']", ""],
  ])("say %s as it is inside", (path, value) => {
    expect(envOf({ env: [field(path)] }, aContext(), pod)).toEqual([{ name: "V", value }]);
  });

  it.each([
    "status.podIP",
    "status.podIPs",
    "status.hostIP",
    "status.hostIPs",
    "spec.nodeName",
    "metadata.labels['app']",
    "metadata.annotations['note']",
  ])("leave %s to the kubelet, which says the same", (path) => {
    expect(envOf({ env: [field(path)] }, aContext(), pod)).toEqual([field(path)]);
  });

  it("name the copies of ConfigMaps and Secrets and keep the rest of a reference", () => {
    const env = [
      { name: "A", valueFrom: { configMapKeyRef: { name: "c", key: "k", optional: true } } },
      { name: "B", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      { name: "C", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
      { name: "D", value: "$(A) $$(B)" },
    ];
    expect(envOf({ env })).toEqual([
      { name: "A", valueFrom: { configMapKeyRef: { name: "c-x-default-x-demo", key: "k", optional: true } } },
      { name: "B", valueFrom: { secretKeyRef: { name: "s-x-default-x-demo", key: "k" } } },
      env[2],
      env[3],
    ]);
    const envFrom = [{ prefix: "P_", configMapRef: { name: "c" } }, { secretRef: { name: "s", optional: true } }];
    expect(hostEnv({ envFrom }, aNested("web"), aContext()).envFrom).toEqual([
      { prefix: "P_", configMapRef: { name: "c-x-default-x-demo" } },
      { secretRef: { name: "s-x-default-x-demo", optional: true } },
    ]);
  });

  it("double every dollar of a literal, so that the kubelet gives it back", () => {
    expect(escapeValue("$(A) $$ a$b $")).toBe("$$(A) $$$$ a$$b $$");
  });

  it("are translated in init containers too", () => {
    const init = { name: "i", restartPolicy: "Always", env: [field("metadata.name")] };
    const host = pods.toHost(aNested("web", { spec: { initContainers: [init] } }), aContext());
    expect(at(host, "spec.initContainers.0.restartPolicy")).toBe("Always");
    expect((at(host, "spec.initContainers.0.env") as object[]).at(-1)).toEqual({ name: "V", value: "web" });
  });
});
