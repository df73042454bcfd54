import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenCluster, openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { container, deployment, pod, service, webContainer } from "../harness/objects.ts";

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openCluster("rollout");
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

async function readyAddresses(name: string): Promise<number> {
  const slices = await cluster.kubectl.list("endpointslices", "default", `kubernetes.io/service-name=${name}`);
  const endpoints = slices.flatMap((slice) => (slice.endpoints ?? []) as { conditions?: { ready?: boolean } }[]);
  return endpoints.filter((endpoint) => endpoint.conditions?.ready).length;
}

describe("controllers inside", () => {
  it("roll out, scale and undo a Deployment behind a Service", async () => {
    const { kubectl } = cluster;
    await kubectl.apply(deployment("web", 2, { containers: [webContainer()] }), service("web", 8080));
    await kubectl.rolledOut("deployment/web");
    await kubectl.run(["scale", "deployment/web", "--replicas=4"]);
    await kubectl.rolledOut("deployment/web");
    await eventually(async () => expect(await readyAddresses("web")).toBe(4));
    await kubectl.run(["set", "env", "deployment/web", "STAGE=two"]);
    await kubectl.rolledOut("deployment/web");
    await kubectl.run(["rollout", "undo", "deployment/web"]);
    await kubectl.rolledOut("deployment/web");
    await kubectl.apply(pod("client"));
    await kubectl.await("Ready", "pod/client");
    const ask = ["exec", "client", "--", "curl", "-sS", "--max-time", "10", "http://web:8080/hostname"];
    await eventually(async () => expect(await kubectl.run(ask)).toMatch(/^web-/));
  });

  it("keep a pod that is not ready out of the endpoints", async () => {
    const { kubectl } = cluster;
    const gate = { exec: { command: ["test", "-e", "/tmp/ready"] }, periodSeconds: 1 };
    await kubectl.apply(
      pod("gated", { containers: [container({ command: ["sleep", "infinity"], readinessProbe: gate })] }),
      service("gated", 80),
    );
    await eventually(async () => {
      const { status } = await kubectl.get<KubeObject & { status: { phase: string } }>("pod", "gated");
      expect(status.phase).toBe("Running");
    });
    expect(await readyAddresses("gated")).toBe(0);
    await kubectl.run(["exec", "gated", "--", "touch", "/tmp/ready"]);
    await kubectl.await("Ready", "pod/gated");
    await eventually(async () => expect(await readyAddresses("gated")).toBe(1));
  });

  it("run a CronJob on its schedule", async () => {
    const { kubectl } = cluster;
    const template = {
      spec: { restartPolicy: "Never", containers: [container({ command: ["echo", "tick"] })] },
    };
    await kubectl.apply({
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "tick" },
      spec: { schedule: "* * * * *", jobTemplate: { spec: { template } } },
    });
    const done = await eventually(async () => {
      const jobs = await kubectl.list("jobs");
      const job = jobs.find(
        (job) => job.metadata.name.startsWith("tick-") && (job.status as { succeeded?: number }).succeeded,
      );
      if (!job) throw new Error("no run of the CronJob has succeeded");
      return job.metadata.name;
    });
    expect(await kubectl.run(["logs", `job/${done}`])).toBe("tick\n");
  });

  it("resolve the pods of a headless Service one by one", async () => {
    const { kubectl } = cluster;
    await kubectl.apply(service("peers", 8080, { clusterIP: "None" }), {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "peers" },
      spec: {
        serviceName: "peers",
        replicas: 2,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: { app: "peers" } },
        template: {
          metadata: { labels: { app: "peers" } },
          spec: { terminationGracePeriodSeconds: 1, containers: [webContainer()] },
        },
      },
    });
    await kubectl.rolledOut("statefulset/peers");
    for (const name of ["peers-0", "peers-1"]) {
      const { status } = await kubectl.get<KubeObject & { status: { podIP: string } }>("pod", name);
      const lookup = ["exec", "client", "--", "getent", "ahostsv4", `${name}.peers.default.svc.cluster.local`];
      await eventually(async () => expect(await kubectl.run(lookup)).toContain(status.podIP));
    }
    const fqdn = await kubectl.run(["exec", "peers-0", "--", "hostname"]);
    expect(fqdn.trim()).toBe("peers-0");
  });
});
