import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenCluster, openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { host } from "../harness/host.ts";
import { configMap, container, pod, secret, service, webContainer } from "../harness/objects.ts";

const clusters: OpenCluster[] = [];
const [red, blue] = ["red", "blue"];
const at = (index: number): OpenCluster => {
  const cluster = clusters[index];
  if (!cluster) throw new Error("the nested clusters are not open");
  return cluster;
};

beforeAll(async () => {
  clusters.push(...(await Promise.all([red, blue].map((name) => openCluster(name)))));
  await Promise.all(
    clusters.map(async ({ name, kubectl }) => {
      const env = [{ name: "COLOUR", valueFrom: { secretKeyRef: { name: "colour", key: "colour" } } }];
      const web = webContainer({ args: ["netexec", "--http-port=8080"], env });
      const volumes = [{ name: "page", configMap: { name: "page" } }];
      await kubectl.apply(
        secret("colour", { colour: name }),
        configMap("page", { page: name }),
        pod("web", { containers: [{ ...web, volumeMounts: [{ name: "page", mountPath: "/page" }] }], volumes }),
        service("web", 8080),
        pod("client", { containers: [container()] }),
      );
      await kubectl.await("Ready", "pod/web", "pod/client");
    }),
  );
});
afterAll(() => Promise.all(clusters.map((cluster) => cluster[Symbol.asyncDispose]())));

describe("two nested clusters with equal names inside", () => {
  it("have their own pods, services, secrets and DNS", async () => {
    for (const { name, kubectl } of clusters) {
      const inside = async (...command: string[]) => (await kubectl.run(["exec", "web", "--", ...command])).trim();
      expect(await inside("sh", "-c", "echo $COLOUR; cat /page/page")).toBe(`${name}\n${name}`);
      const address = (await kubectl.get<KubeObject & { spec: { clusterIP: string } }>("service", "web")).spec
        .clusterIP;
      await eventually(async () => {
        const found = await kubectl.run([
          "exec",
          "client",
          "--",
          "getent",
          "ahostsv4",
          "web.default.svc.cluster.local",
        ]);
        expect(found).toContain(address);
      });
    }
    const addresses = await Promise.all(
      clusters.map(async ({ kubectl }) => (await kubectl.get("service", "web")).spec as { clusterIP: string }),
    );
    expect(new Set(addresses.map((spec) => spec.clusterIP)).size).toBe(2);
    const names = await at(0).kubectl.list("pods", "*");
    expect(names.filter(({ metadata }) => metadata.name === "web")).toHaveLength(1);
  });

  it("refuse each other's credentials", async () => {
    const token = (
      await at(0).kubectl.run(["exec", "web", "--", "cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"])
    ).trim();
    const other = (await at(1).kubectl.get<KubeObject & { spec: { clusterIP: string } }>("service", "kubernetes")).spec
      .clusterIP;
    const ask = [
      "-k",
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "--max-time",
      "10",
      "-H",
      `Authorization: Bearer ${token}`,
    ];
    const answer = await at(0).kubectl.try([
      "exec",
      "client",
      "--",
      "curl",
      ...ask,
      `https://${other}/api/v1/namespaces/default/secrets`,
    ]);
    expect(["401", "000"]).toContain(answer.stdout);
  });

  it("give their pods no way into the host's API", async () => {
    const { host: hostKubectl } = await host();
    const address = (await hostKubectl.get<KubeObject & { spec: { clusterIP: string } }>("service", "kubernetes")).spec
      .clusterIP;
    const script =
      `T=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token); ` +
      `curl -k -s -o /dev/null -w '%{http_code}' --max-time 10 -H "Authorization: Bearer $T" https://${address}/api/v1/secrets`;
    const answer = await at(0).kubectl.try(["exec", "client", "--", "sh", "-c", script]);
    expect(["401", "403", "000"]).toContain(answer.stdout);
    expect(
      await at(0).kubectl.run(["exec", "client", "--", "sh", "-c", "echo $KUBERNETES_SERVICE_HOST"]),
    ).not.toContain(address);
  });

  it("let their administrator make cluster-scoped objects inside, and refuse him on the host", async () => {
    const { host: hostKubectl, server } = await host();
    await at(0).kubectl.run(["create", "clusterrole", "anything", "--verb=*", "--resource=*"]);
    await at(0).kubectl.run(["create", "namespace", "own"]);
    const absent = await hostKubectl.try(["get", "clusterrole", "anything"]);
    expect(absent.stderr).toContain("NotFound");
    const refused = await at(0).kubectl.try(["--server", server, "--insecure-skip-tls-verify", "get", "namespaces"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/Unauthorized|Forbidden|provide credentials|certificate/i);
  });
});
