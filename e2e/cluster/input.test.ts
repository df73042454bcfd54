import { describe, expect, it } from "vitest";
import { openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { host } from "../harness/host.ts";
import { tryInkube } from "../harness/inkube.ts";
import { container, pod } from "../harness/objects.ts";

const nested = (name: string, spec: object) => ({
  apiVersion: "inkube.dev/v1alpha1",
  kind: "NestedCluster",
  metadata: { name, namespace: "default" },
  spec,
});

const refused: { what: string; name: string; spec: object; flags: string[]; says: RegExp[] }[] = [
  { what: "a bad name", name: "9lives", spec: {}, flags: [], says: [/name/] },
  {
    what: "an unsupported version",
    name: "old",
    spec: { version: "v1.12.0" },
    flags: ["--version", "v1.12.0"],
    says: [/spec\.version/, /1\.34/],
  },
  {
    what: "too little memory",
    name: "tiny",
    spec: { size: { memory: "16Mi" } },
    flags: ["--memory", "16Mi"],
    says: [/spec\.size/, /512Mi/],
  },
  {
    what: "an unknown distro",
    name: "odd",
    spec: { distro: "k9s" },
    flags: ["--distro", "k9s"],
    says: [/distro/, /k3s/],
  },
];

describe("a NestedCluster that cannot be", () => {
  it.each(refused)(
    "is refused at admission for $what, and by the CLI in the same words",
    async ({ name, spec, flags, says }) => {
      const { host: kubectl } = await host();
      const direct = await kubectl.try(["create", "-f", "-"], { input: JSON.stringify(nested(name, spec)) });
      expect(direct.code).not.toBe(0);
      const cli = await tryInkube(["create", name, ...flags]);
      expect(cli.code).not.toBe(0);
      for (const pattern of says) {
        expect(direct.stderr).toMatch(pattern);
        expect(cli.stderr).toMatch(pattern);
      }
    },
  );

  it("is refused when an immutable field changes", async () => {
    const { host: kubectl } = await host();
    await kubectl.apply(nested("fixed", { distro: "k8s" }));
    try {
      const change = ["patch", "nestedcluster", "fixed", "--type=merge", "-p", '{"spec":{"distro":"k3s"}}'];
      const answer = await kubectl.try(change);
      expect(answer.code).not.toBe(0);
      expect(answer.stderr).toMatch(/spec\.distro.*(immutable|cannot be changed)/s);
    } finally {
      await kubectl.run(["delete", "nestedcluster", "fixed"]);
    }
  });
});

describe("a pod that the host refuses", () => {
  it("has an event inside that says why, without the host's names", async () => {
    await using cluster = await openCluster("refused", ["--cpu", "1", "--memory", "1Gi"]);
    const { kubectl } = cluster;
    const { host: hostKubectl } = await host();
    const { status } = await hostKubectl.get<{ metadata: never; status: { namespace: string } }>(
      "nestedcluster",
      "refused",
    );
    const large = container({ resources: { requests: { cpu: "7" }, limits: { cpu: "7" } } });
    const rooted = container({ securityContext: { privileged: true } });
    await kubectl.apply(pod("large", { containers: [large] }), pod("rooted", { containers: [rooted] }));
    const messages = async (name: string) => {
      const events = await kubectl.list("events");
      const mine = events.filter((event) => (event.involvedObject as { name: string }).name === name);
      return mine.map((event) => String(event.message)).join("\n");
    };
    await eventually(async () => expect(await messages("large")).toMatch(/quota/));
    await eventually(async () => expect(await messages("rooted")).toMatch(/[Pp]od ?[Ss]ecurity/));
    const all = `${await messages("large")}\n${await messages("rooted")}`;
    expect(all).not.toContain(status.namespace);
    expect(all).not.toContain("-x-default-x-");
  });
});
