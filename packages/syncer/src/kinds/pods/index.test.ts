import { describe, expect, it } from "vitest";
import { aContext, aHostCopy, aNested, at } from "../kind-fixtures.ts";
import { pods } from "./index.ts";

const toHost = (spec: object, metadata = {}) => pods.toHost(aNested("web", { spec }, metadata), aContext());

describe("a pod on the host", () => {
  it("carries the tenant's labels and annotations but none of Inkube's, the network plug-ins' or the client's", () => {
    const host = toHost(
      {},
      {
        labels: { app: "w", "inkube.dev/component": "control-plane", "syncer.inkube.dev/x": "y" },
        annotations: {
          note: "n",
          "inkube.dev/uid": "forged",
          "kubectl.kubernetes.io/last-applied-configuration": "{}",
          "kubernetes.io/config.mirror": "m",
          "k8s.v1.cni.cncf.io/networks": "host-net",
        },
        ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "u" }],
        finalizers: ["example.org/f"],
      },
    );
    expect(host.metadata.labels).toEqual({ app: "w" });
    expect(Object.keys(host.metadata.annotations ?? {}).sort()).toEqual([
      "note",
      "syncer.inkube.dev/mutable-hash",
      "syncer.inkube.dev/owned-keys",
    ]);
    expect(Object.keys(host.metadata).sort()).toEqual(["annotations", "labels", "name", "namespace"]);
    expect(host.metadata).toMatchObject({ name: "web-x-default-x-demo", namespace: "inkube-team-demo-abcde" });
  });

  it("runs without rights, token or priority of its own", () => {
    const host = toHost({
      serviceAccountName: "admin",
      serviceAccount: "admin",
      automountServiceAccountToken: true,
      enableServiceLinks: true,
      priorityClassName: "inkube-control-plane",
      priority: 2000001000,
      preemptionPolicy: "PreemptLowerPriority",
      schedulerName: "default-scheduler",
      overhead: { cpu: "1" },
    });
    expect(host.spec).toEqual({
      serviceAccountName: "workload",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostname: "web",
      dnsPolicy: "None",
      dnsConfig: expect.anything(),
    });
  });

  it("keeps every other field, known or not", () => {
    const kept = {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 7,
      activeDeadlineSeconds: 9,
      nodeName: "n",
      hostNetwork: true,
      hostPID: true,
      hostUsers: false,
      securityContext: { runAsUser: 1 },
      runtimeClassName: "kata",
      hostAliases: [{ ip: "1.2.3.4", hostnames: ["h"] }],
      tolerations: [{ operator: "Exists" }],
      readinessGates: [{ conditionType: "g" }],
      shareProcessNamespace: true,
      resources: { limits: { cpu: "1" } },
      os: { name: "linux" },
      newerField: { a: [1] },
    };
    expect(toHost(kept).spec).toMatchObject(kept);
  });

  it("pulls images with the copies of its pull secrets", () => {
    expect(at(toHost({ imagePullSecrets: [{ name: "r" }] }), "spec.imagePullSecrets")).toEqual([
      { name: "r-x-default-x-demo" },
    ]);
  });
});

describe("the decision about a pod", () => {
  const decide = (spec: object, context = aContext()) => pods.decide(aNested("web", { spec }), context);

  it.each([
    ["resource claims", { resourceClaims: [{ name: "gpu" }] }],
    ["pod certificates", { volumes: [{ name: "v", projected: { sources: [{ podCertificate: {} }] } }] }],
  ])("is no for %s", (_name, spec) => {
    expect(decide(spec)).toMatchObject({ sync: false });
    expect(decide(spec)).not.toHaveProperty("wait");
  });

  it("is to wait for gates to be lifted and for a scheduler inside", () => {
    expect(decide({ schedulingGates: [{ name: "a" }, { name: "b" }] })).toEqual({
      sync: false,
      wait: true,
      reason: "Scheduling gates hold it back: a, b.",
    });
    expect(decide({ schedulerName: "mine" })).toMatchObject({ sync: false, wait: true });
    expect(decide({ schedulerName: "mine", nodeName: "n" })).toEqual({ sync: true });
  });

  it("is never taken back once it is on the host", () => {
    const pod = aNested("web", { spec: { schedulingGates: [{ name: "a" }] } });
    expect(pods.decide(pod, aContext({ dnsIP: "", host: { pods: [aHostCopy(pod)] } }))).toEqual({ sync: true });
  });
});

describe("the references of a pod", () => {
  it("are all it needs, each once, optional only if every use is", () => {
    const pod = aNested("web", {
      spec: {
        imagePullSecrets: [{ name: "pull" }, {}],
        initContainers: [{ name: "i", envFrom: [{ configMapRef: { name: "c", optional: true } }] }],
        containers: [
          { name: "c", env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "c", key: "k" } } }] },
          { name: "d", envFrom: [{ secretRef: { name: "s", optional: true } }] },
        ],
        volumes: [
          { name: "a", persistentVolumeClaim: { claimName: "data" } },
          { name: "b", ephemeral: {} },
          {
            name: "c",
            projected: { sources: [{ secret: { name: "p" } }, { configMap: { name: "q", optional: true } }] },
          },
          { name: "d", csi: { nodePublishSecretRef: { name: "csi" } } },
          { name: "e", secret: { secretName: "v", optional: true } },
        ],
      },
    });
    const told = pods.references(pod).map(({ kind, name, optional }) => `${kind}/${name}${optional ? "?" : ""}`);
    expect(told.sort()).toEqual([
      "configmaps/c",
      "configmaps/q?",
      "persistentvolumeclaims/data",
      "persistentvolumeclaims/web-b",
      "secrets/csi",
      "secrets/p",
      "secrets/pull?",
      "secrets/s?",
      "secrets/v?",
    ]);
  });
});
