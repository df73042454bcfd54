import { describe, expect, it } from "vitest";
import { deleteCluster, openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { host } from "../harness/host.ts";
import { inkube } from "../harness/inkube.ts";
import { container, pod } from "../harness/objects.ts";

async function leftovers(name: string): Promise<string[]> {
  const { host: kubectl } = await host();
  const selector = `inkube.dev/cluster=${name}`;
  const kinds = "namespaces,clusterroles,clusterrolebindings,persistentvolumes,priorityclasses";
  const found = await kubectl.list(kinds, "*", selector);
  const claimed = (await kubectl.list("persistentvolumes", "*")).filter((volume) =>
    JSON.stringify((volume.spec as { claimRef?: object }).claimRef ?? {}).includes(`-${name}-`),
  );
  return [...found, ...claimed].map((object) => `${object.kind}/${object.metadata.name}`);
}

async function expectNothingLeft(name: string): Promise<void> {
  await eventually(async () => expect(await leftovers(name)).toEqual([]));
  const { host: kubectl } = await host();
  expect((await kubectl.try(["get", "nestedcluster", name])).stderr).toContain("NotFound");
}

describe("deleting a nested cluster", () => {
  it("leaves nothing on the host", async () => {
    const cluster = await openCluster("full");
    await cluster.kubectl.apply(
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
      pod("writer", {
        containers: [
          container({ command: ["sleep", "infinity"], volumeMounts: [{ name: "data", mountPath: "/data" }] }),
        ],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
      }),
    );
    await cluster.kubectl.await("Ready", "pod/writer");
    await cluster[Symbol.asyncDispose]();
    await expectNothingLeft("full");
  });

  it("works while it is half created", async () => {
    await inkube(["create", "half", "--no-wait"]);
    await deleteCluster("half");
    await expectNothingLeft("half");
  });

  it("works with its control plane dead", async () => {
    await openCluster("dead");
    const { host: kubectl } = await host();
    const { status } = await kubectl.get<{ metadata: never; status: { namespace: string } }>("nestedcluster", "dead");
    await kubectl.run(["annotate", "nestedcluster", "dead", "inkube.dev/paused=true"]);
    await kubectl.run(["scale", "statefulset/control-plane", "--replicas=0", "-n", status.namespace]);
    await kubectl.gone("pod/control-plane-0", status.namespace);
    await kubectl.run(["annotate", "nestedcluster", "dead", "inkube.dev/paused-"]);
    await deleteCluster("dead");
    await expectNothingLeft("dead");
  });
});
