import { annotations, names, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { condition, healthy, namespace, secret, statusOf } from "../../testing/demo-cluster.ts";
import { putPod, startTestHost } from "../../testing/test-host.ts";
import { graceMs } from "./grace.ts";

describe("what goes wrong", () => {
  const waiting = (name: string, reason: string, message = "") => ({
    name,
    image: "x/y:z",
    ready: false,
    state: { waiting: { reason, message } },
  });
  it.each([
    [
      "an image cannot be had",
      { containerStatuses: [waiting("kine", "ImagePullBackOff")] },
      "ImagePullFailed",
      "x/y:z",
    ],
    [
      "no node has room",
      {
        conditions: [
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes: Insufficient cpu" },
        ],
      },
      "Unschedulable",
      "Insufficient cpu",
    ],
    [
      "the volume is not bound",
      {
        conditions: [
          { type: "PodScheduled", status: "False", message: "pod has unbound immediate PersistentVolumeClaims" },
        ],
      },
      "VolumePending",
      "has no default storage class",
    ],
    [
      "kine ends again and again",
      {
        containerStatuses: [
          {
            ...waiting("kine", "CrashLoopBackOff"),
            lastState: { terminated: { exitCode: 1, message: "a\ndisk is full\n" } },
          },
        ],
      },
      "DatastoreUnavailable",
      "disk is full",
    ],
    [
      "the API server ends again and again",
      {
        containerStatuses: [
          {
            ...waiting("kube-apiserver", "CrashLoopBackOff"),
            lastState: { terminated: { exitCode: 1, message: "bad flag token=abc" } },
          },
        ],
      },
      "ControlPlaneCrashing",
      "bad flag [hidden]",
    ],
  ])("is told when %s", async (_title, status, reason, words) => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await putPod(host, namespace, status);
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "False", reason });
    expect(condition(host, "Ready")?.message).toContain(words);
  });

  it("is told when a quota refuses the pod", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await host.client.create(resources.events, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "refused", namespace },
      involvedObject: { kind: "StatefulSet", name: names.controlPlane, namespace },
      reason: "FailedCreate",
      message: "pods is forbidden: exceeded quota: tiny",
    });
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ reason: "QuotaTooSmall" });
  });

  it("never touches a namespace of that name that is somebody else's", async () => {
    await using host = await startTestHost();
    await host.client.create(resources.namespaces, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
    await host.createCluster("demo");
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "HostNamespaceTaken" });
    expect(statusOf(host).phase).toBe("Failed");
    expect(host.server.objects(resources.secrets, namespace)).toEqual([]);
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(host.server.object(resources.namespaces, { name: namespace })?.metadata.deletionTimestamp).toBeUndefined();
  });

  it.each([
    ["v1.20.0", {}],
    ["v1.34.4+k3s1", { distro: "k8s" }],
  ])("refuses version %s and makes nothing", async (version, spec) => {
    await using host = await startTestHost();
    await host.createCluster("demo", { version, ...spec });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "VersionUnsupported" });
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
  });

  it("asks the scheduler to look again at a pod that waits for a claim which is bound, not more than twice a minute", async () => {
    await using host = await startTestHost({ stampedByTest: true });
    await host.createCluster("demo");
    await host.reconcile("demo");
    const message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found";
    const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
    await putPod(host, namespace, { conditions });
    const claim = { namespace, name: names.dataClaim };
    const asked = () =>
      host.server.object(resources.persistentvolumeclaims, claim)?.metadata.annotations?.[annotations.schedulerAsked];
    const bind = { type: "merge", subresource: "status" } as const;
    await host.clock.advance(graceMs);
    await host.reconcile("demo");
    expect(asked()).toBeUndefined();
    await host.client.patch(resources.persistentvolumeclaims, claim, { status: { phase: "Bound" } }, bind);
    await host.reconcile("demo");
    const first = asked();
    expect(first).toBe(new Date(host.clock.now()).toISOString());
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "False", reason: "SchedulingDelayed" });
    await host.clock.advance(29_000);
    await host.reconcile("demo");
    expect(asked()).toBe(first);
    await host.clock.advance(1000);
    await host.reconcile("demo");
    expect(asked()).toBe(new Date(host.clock.now()).toISOString());
    await putPod(host, namespace, { ...healthy, conditions: [] });
    host.answer = { ready: true };
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
  });

  it("copies no Secret of another type", async () => {
    await using host = await startTestHost();
    const data = { ".dockerconfigjson": "e30=" };
    const metadata = { name: "login", namespace: "team" };
    await host.client.create(resources.secrets, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data });
    await host.createCluster("demo", { images: { registry: "mirror", pullSecret: "login" } });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ reason: "PullSecretMissing" });
    expect(secret(host, "pull-secret")).toBeUndefined();
  });

  it("waits for the pull secret and copies it", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo", { images: { registry: "mirror", pullSecret: "login" } });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ reason: "PullSecretMissing" });
    const metadata = { name: "login", namespace: "team" };
    const type = "kubernetes.io/dockerconfigjson";
    await host.client.create(resources.secrets, {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      type,
      data: { ".dockerconfigjson": "e30=" },
    });
    await host.reconcile("demo");
    expect(secret(host, "pull-secret")?.data).toEqual({ ".dockerconfigjson": "e30=" });
  });
});
