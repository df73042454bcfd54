import { describe, expect, it } from "vitest";
import { aContext, aNested } from "../kind-fixtures.ts";
import { downwardAnnotations, formatMap } from "./downward.ts";
import { pods } from "./index.ts";
import { hostVolumes } from "./volumes.ts";

function hostOf(volume: object, podFields: Record<string, unknown> = {}, metadata: object = {}) {
  const pod = aNested("web", { spec: { volumes: [{ name: "v", ...volume }], ...podFields } }, metadata);
  return (hostVolumes(pod, aContext()).volumes as { name: string }[])[0];
}

describe("volumes", () => {
  it.each([
    [{ configMap: { name: "c", items: [{ key: "k", path: "p" }], optional: true } }, "configMap.name", "c"],
    [{ secret: { secretName: "s", defaultMode: 256 } }, "secret.secretName", "s"],
    [{ persistentVolumeClaim: { claimName: "d", readOnly: true } }, "persistentVolumeClaim.claimName", "d"],
    [{ azureFile: { secretName: "s", shareName: "x" } }, "azureFile.secretName", "s"],
    [{ csi: { driver: "d", nodePublishSecretRef: { name: "s" } } }, "csi.nodePublishSecretRef.name", "s"],
    [{ rbd: { image: "i", secretRef: { name: "s" } } }, "rbd.secretRef.name", "s"],
    [{ iscsi: { iqn: "i", secretRef: { name: "s" } } }, "iscsi.secretRef.name", "s"],
    [{ cephfs: { monitors: ["m"], secretRef: { name: "s" } } }, "cephfs.secretRef.name", "s"],
    [{ flexVolume: { driver: "d", secretRef: { name: "s" } } }, "flexVolume.secretRef.name", "s"],
    [{ scaleIO: { gateway: "g", secretRef: { name: "s" } } }, "scaleIO.secretRef.name", "s"],
    [{ storageos: { volumeName: "v", secretRef: { name: "s" } } }, "storageos.secretRef.name", "s"],
    [{ cinder: { volumeID: "v", secretRef: { name: "s" } } }, "cinder.secretRef.name", "s"],
    [{ glusterfs: { endpoints: "e", path: "p" } }, "glusterfs.endpoints", "e"],
  ])("%o names the copy at %s and keeps the rest", (volume, path, name) => {
    const expected = structuredClone({ name: "v", ...volume }) as Record<string, unknown>;
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    const holder = steps.reduce((value, step) => value[step] as Record<string, unknown>, expected);
    holder[last] = `${name}-x-default-x-demo`;
    expect(hostOf(volume)).toEqual(expected);
  });

  it.each([
    { emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
    { hostPath: { path: "/x" } },
    { nfs: { server: "s", path: "/" } },
    { image: { reference: "r" } },
    { somethingNew: { a: 1 } },
  ])("%o passes", (volume) => {
    expect(hostOf(volume)).toEqual({ name: "v", ...volume });
  });

  it("of type ephemeral become the claim that the nested cluster makes for them", () => {
    const host = hostOf({ ephemeral: { volumeClaimTemplate: { spec: {} } } });
    expect(host).toEqual({ name: "v", persistentVolumeClaim: { claimName: "web-v-x-default-x-demo" } });
  });

  it("of type projected take tokens from the pod's token Secret and translate every other source", () => {
    const sources = [
      { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "ns", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
      { secret: { name: "s", optional: true } },
      { clusterTrustBundle: { name: "b", path: "b.pem" } },
      { serviceAccountToken: { path: "vault", audience: "vault", expirationSeconds: 600 } },
    ];
    const pod = aNested("web", { spec: { volumes: [{ name: "v", projected: { defaultMode: 420, sources } }] } });
    expect(pods.tokens(pod)).toEqual([
      { key: "v.0", audiences: [], expirationSeconds: 3607 },
      { key: "v.5", audiences: ["vault"], expirationSeconds: 600 },
    ]);
    const annotation = Object.keys(downwardAnnotations(pod))[0];
    expect(hostVolumes(pod, aContext()).volumes).toEqual([
      {
        name: "v",
        projected: {
          defaultMode: 420,
          sources: [
            { secret: { name: "web-x-default-x-demo-tokens", items: [{ key: "v.0", path: "token" }] } },
            { configMap: { name: "kube-root-ca.crt-x-default-x-demo", items: [{ key: "ca.crt", path: "ca.crt" }] } },
            {
              downwardAPI: {
                items: [
                  { path: "ns", fieldRef: { apiVersion: "v1", fieldPath: `metadata.annotations['${annotation}']` } },
                ],
              },
            },
            { secret: { name: "s-x-default-x-demo", optional: true } },
            sources[4],
            { secret: { name: "web-x-default-x-demo-tokens", items: [{ key: "v.5", path: "vault" }] } },
          ],
        },
      },
    ]);
    expect(downwardAnnotations(pod)).toEqual({ [annotation ?? ""]: "default" });
  });

  it("give a token to the group alone when the pod has an fsGroup", () => {
    const host = hostOf(
      { projected: { sources: [{ serviceAccountToken: { path: "t" } }] } },
      { securityContext: { fsGroup: 1000 } },
    );
    expect(host).toHaveProperty("projected.sources.0.secret.items.0.mode", 0o600);
  });

  it("ask for an hour when the pod does not say how long a token lives", () => {
    const volumes = [{ name: "v", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } }];
    expect(pods.tokens(aNested("web", { spec: { volumes } }))[0]?.expirationSeconds).toBe(3600);
  });
});

describe("downward API volumes", () => {
  const item = (fieldPath: string) => ({ path: "f", fieldRef: { fieldPath } });
  const paths = (fieldPath: string, metadata: object) => {
    const host = hostOf({ downwardAPI: { items: [item(fieldPath)] } }, {}, metadata) as Record<string, unknown>;
    return (host.downwardAPI as { items: { fieldRef: { fieldPath: string } }[] }).items[0]?.fieldRef.fieldPath;
  };

  it("show labels and annotations without the host's own, through annotations that follow changes inside", () => {
    const metadata = { labels: { b: "2", a: "1" }, annotations: { "inkube.dev/q": 'say "hi"\n' } };
    const items = [item("metadata.labels"), item("metadata.annotations")];
    const pod = aNested("web", { spec: { volumes: [{ name: "v", downwardAPI: { items } }] } }, metadata);
    expect(downwardAnnotations(pod)).toEqual({
      "syncer.inkube.dev/labels": 'a="1"\nb="2"',
      "syncer.inkube.dev/annotations": 'inkube.dev/q="say \\"hi\\"\\n"',
    });
    expect(paths("metadata.labels", metadata)).toBe("metadata.annotations['syncer.inkube.dev/labels']");
    expect(paths("metadata.annotations", metadata)).toBe("metadata.annotations['syncer.inkube.dev/annotations']");
  });

  it("read single labels and annotations that pass from the host pod itself", () => {
    expect(paths("metadata.labels['app']", { labels: { app: "w" } })).toBe("metadata.labels['app']");
    expect(paths("metadata.annotations['n']", {})).toBe("metadata.annotations['n']");
  });

  it("read a key that does not pass from an annotation of ours", () => {
    const metadata = { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } };
    const path = "metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']";
    const volumes = [{ name: "v", downwardAPI: { items: [item(path)] } }];
    const [[key, value] = []] = Object.entries(downwardAnnotations(aNested("web", { spec: { volumes } }, metadata)));
    expect(value).toBe("{}");
    expect(paths(path, metadata)).toBe(`metadata.annotations['${key}']`);
  });

  it("pass resources", () => {
    const items = [{ path: "cpu", resourceFieldRef: { containerName: "c", resource: "limits.cpu" } }];
    expect(hostOf({ downwardAPI: { items } })).toEqual({ name: "v", downwardAPI: { items } });
  });

  it.each([
    ["plain", "plain"],
    ['"\\', '\\"\\\\'],
    ["\t\n\r\u0007\b\f\u000b", "\\t\\n\\r\\a\\b\\f\\v"],
    ["\u0000\u007f", "\\x00\\x7f"],
    ["\u00a0\u200b", "\\u00a0\\u200b"],
    ["żółw 🐢 €", "żółw 🐢 €"],
    ["\u{e0001}", "\\U000e0001"],
  ])("quote %o as kubelets do", (value, quoted) => {
    expect(formatMap({ k: value })).toBe(`k="${quoted}"`);
  });
});
