import { describe, expect, it } from "vitest";
import { openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { configMap, container, pod, secret } from "../harness/objects.ts";

describe("ConfigMaps and Secrets", () => {
  it("reach a running pod when they are edited, as files, with what the pod says of itself", async () => {
    await using cluster = await openCluster("config");
    const { kubectl } = cluster;
    const volumes = [
      { name: "settings", configMap: { name: "settings" } },
      { name: "keys", secret: { secretName: "keys" } },
      { name: "self", downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
    ];
    const main = container({
      command: ["sleep", "infinity"],
      volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/etc/${name}` })),
      env: [
        { name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } },
        { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      ],
    });
    await kubectl.apply(
      configMap("settings", { mode: "slow" }),
      secret("keys", { token: "first" }),
      pod("reader", { volumes, containers: [main] }),
    );
    await kubectl.await("Ready", "pod/reader");
    const read = async (path: string) => (await kubectl.run(["exec", "reader", "--", "cat", path])).trim();
    expect(await read("/etc/settings/mode")).toBe("slow");
    expect(await read("/etc/keys/token")).toBe("first");
    expect(await read("/etc/self/labels")).toBe('app="reader"');
    const env = await kubectl.run(["exec", "reader", "--", "sh", "-c", "echo $MODE $POD $NAMESPACE"]);
    expect(env.trim()).toBe("slow reader default");

    await kubectl.apply(configMap("settings", { mode: "fast" }), secret("keys", { token: "second" }));
    await kubectl.run(["label", "pod", "reader", "tier=front"]);
    await eventually(async () => expect(await read("/etc/settings/mode")).toBe("fast"));
    await eventually(async () => expect(await read("/etc/keys/token")).toBe("second"));
    await eventually(async () => expect(await read("/etc/self/labels")).toBe('app="reader"\ntier="front"'));
  });
});
