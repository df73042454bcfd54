import { labels, managedBy, names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { sampleInput, sampleSpec } from "../testing/sample-input.ts";
import { renderControlPlane } from "./render.ts";

const find = (objects: KubeObject[], kind: string, name: string): KubeObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const yaml = (objects: KubeObject[]): string =>
  objects
    .map((object) => stringify(object, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
const text = (secret: KubeObject, file: string): string =>
  Buffer.from((secret.data as Record<string, string>)[file] ?? "", "base64").toString();

const dedicated = {
  spec: { ...sampleSpec, syncer: "dedicated" as const },
  syncerTls: { certificate: "<syncer-tls.crt>", key: "<syncer-tls.key>" },
};

describe("renderControlPlane", () => {
  it.each(["k8s", "k3s"] as const)("renders distro %s as in the golden file", async (distro) => {
    const objects = renderControlPlane(sampleInput({ distro }));
    await expect(yaml(objects)).toMatchFileSnapshot(`../testing/golden/${distro}.yaml`);
  });

  it("renders a dedicated syncer as in the golden file", async () => {
    const objects = renderControlPlane(sampleInput(dedicated));
    await expect(yaml(objects)).toMatchFileSnapshot("../testing/golden/dedicated.yaml");
  });

  it("labels everything as ours, and the namespace with the owner's uid", () => {
    const objects = renderControlPlane(sampleInput(dedicated));
    for (const { kind, metadata } of objects) {
      expect(metadata.labels, `${kind} ${metadata.name}`).toMatchObject({
        [labels.managedBy]: managedBy.agent,
        [labels.cluster]: "demo",
        [labels.project]: "team",
      });
    }
    expect(objects[0]?.metadata.labels?.[labels.clusterUid]).toBe("0f0f-1");
  });

  it("changes nothing from one call to the next", () => {
    expect(yaml(renderControlPlane(sampleInput()))).toBe(yaml(renderControlPlane(sampleInput())));
  });

  it("keeps private keys out of everything but Secrets", () => {
    const others = renderControlPlane(sampleInput(dedicated)).filter(({ kind }) => kind !== "Secret");
    expect(JSON.stringify(others)).not.toMatch(/<[a-z-]+\.key>/);
  });

  it("replaces the pod when what is read only at start changes, and not when a leaf is renewed", () => {
    const template = (changes: object): string =>
      JSON.stringify(find(renderControlPlane(sampleInput(changes)), "StatefulSet", names.controlPlane).spec);
    const { pki } = sampleInput();
    expect(template({ pki: { ...pki, "apiserver.crt": "renewed" } })).toBe(template({}));
    expect(template({ pki: { ...pki, "ca.crt": "another" } })).not.toBe(template({}));
    expect(template({ egress: { certificate: "another", key: "x" } })).not.toBe(template({}));
  });

  it("passes Pod Security level restricted", () => {
    for (const distro of ["k8s", "k3s"] as const) {
      const { spec } = find(
        renderControlPlane(sampleInput({ distro })),
        "StatefulSet",
        names.controlPlane,
      ) as KubeObject & {
        spec: { template: { spec: PodSpec } };
      };
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      expect(pod.automountServiceAccountToken).toBe(false);
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } });
      }
      expect(pod.volumes.filter((volume) => "hostPath" in volume)).toEqual([]);
    }
  });

  it("counts the tenant's pods and not the control plane", () => {
    const quota = find(renderControlPlane(sampleInput()), "ResourceQuota", names.sizeQuota);
    expect(quota.spec).toMatchObject({
      hard: { "requests.cpu": "2", "requests.memory": "4Gi", pods: "100" },
      scopeSelector: { matchExpressions: [{ operator: "NotIn", values: [names.priorityClass] }] },
    });
  });

  it("adds the datastore's own volume to the storage that the tenant may claim", () => {
    const quota = find(renderControlPlane(sampleInput()), "ResourceQuota", names.storageQuota);
    expect(quota.spec).toMatchObject({ hard: { "requests.storage": "11Gi" } });
  });

  it("keeps tenants from other pods, the host's network and the metadata service", () => {
    const policy = find(renderControlPlane(sampleInput()), "NetworkPolicy", names.workloadsPolicy);
    const { egress } = policy.spec as { egress: { to: { ipBlock?: { cidr: string; except: string[] } }[] }[] };
    const blocks = egress.flatMap(({ to }) =>
      to.flatMap(({ ipBlock }) => (ipBlock?.cidr === "0.0.0.0/0" ? [ipBlock] : [])),
    );
    expect(blocks).toHaveLength(2);
    for (const { except } of blocks) expect(except).toContain("10.244.0.0/24");
    expect(blocks.every(({ except }) => except.some((range) => range.startsWith("169.254.")))).toBe(true);
    expect(blocks[1]?.except).toEqual(
      expect.arrayContaining(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "10.96.0.0/16"]),
    );
  });

  it("writes kubeconfigs for the syncer by ClusterIP and for people by the endpoint", () => {
    const objects = renderControlPlane(sampleInput({ endpointUrl: "https://172.31.0.2:31234" }));
    const syncer = text(find(objects, "Secret", names.syncerKubeconfigSecret), "kubeconfig");
    const people = text(find(objects, "Secret", names.kubeconfigSecret), "kubeconfig");
    expect(syncer).toContain('server: "https://10.96.3.4:443"');
    expect(people).toContain('server: "https://172.31.0.2:31234"');
    expect(people).toContain(Buffer.from("<admin.key>").toString("base64"));
  });

  it("writes no kubeconfig for people while the endpoint has no address", () => {
    const { endpointUrl: _, ...input } = sampleInput();
    expect(renderControlPlane(input).filter(({ metadata }) => metadata.name === names.kubeconfigSecret)).toEqual([]);
  });

  it("points the tunnel at the Service, or at the container beside when the syncer is dedicated", () => {
    const egress = (changes: object): string =>
      text(find(renderControlPlane(sampleInput(changes)), "Secret", names.egressSecret), "egress-selector.yaml");
    expect(egress({})).toContain("https://10.96.0.77:8443");
    expect(egress({ spec: { ...sampleSpec, syncer: "dedicated" } })).toContain("https://127.0.0.1:8443");
  });

  it("gives a dedicated syncer rights by its own account and the host's token to no other container", () => {
    const objects = renderControlPlane(sampleInput({ spec: { ...sampleSpec, syncer: "dedicated" } }));
    const binding = find(objects, "RoleBinding", names.syncerRoleBinding);
    expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name: "syncer", namespace: "inkube-team-demo-12345" }]);
    const { spec } = find(objects, "StatefulSet", names.controlPlane) as KubeObject & {
      spec: { template: { spec: PodSpec } };
    };
    const withToken = spec.template.spec.containers.filter(({ volumeMounts }) =>
      volumeMounts.some(({ name }) => name === "host-token"),
    );
    expect(withToken.map(({ name }) => name)).toEqual(["syncer"]);
  });

  it("tells a dedicated syncer to read its certificate where it is mounted", () => {
    const { spec } = find(
      renderControlPlane(sampleInput(dedicated)),
      "StatefulSet",
      names.controlPlane,
    ) as KubeObject & {
      spec: { template: { spec: PodSpec } };
    };
    const syncer = spec.template.spec.containers.find(({ name }) => name === "syncer");
    const mounted = syncer?.volumeMounts.find(({ name }) => name === names.syncerTlsSecret);
    expect(syncer?.args).toContain(`--tls-dir=${mounted?.mountPath}`);
    expect(spec.template.spec.serviceAccountName).toBe("syncer");
  });

  it("ends a dedicated syncer for nothing but a process that does not answer, and asks it where it listens", () => {
    const objects = renderControlPlane(sampleInput(dedicated));
    type Probe = { httpGet: { path: string; port: number } };
    type Probed = { name: string; args: string[] } & Record<"startupProbe" | "livenessProbe" | "readinessProbe", Probe>;
    const { spec } = find(objects, "StatefulSet", names.controlPlane) as KubeObject & {
      spec: { template: { spec: { containers: Probed[] } } };
    };
    const syncer = spec.template.spec.containers.find(({ name }) => name === "syncer");
    expect(syncer?.startupProbe?.httpGet).toEqual({ path: "/healthz", port: ports.syncerMetrics });
    expect(syncer?.livenessProbe?.httpGet).toEqual({ path: "/healthz", port: ports.syncerMetrics });
    expect(syncer?.readinessProbe?.httpGet).toEqual({ path: "/readyz", port: ports.syncerMetrics });
    expect(syncer?.args).toEqual(expect.arrayContaining(["--listen=127.0.0.1", "--metrics-listen=$(POD_IP)"]));
  });

  it("lets the host's own namespaces read a dedicated syncer's metrics, and the tenant's pods not", () => {
    const ingress = (changes: object): { from: object[]; ports: { port: number }[] }[] => {
      const policy = find(renderControlPlane(sampleInput(changes)), "NetworkPolicy", names.controlPlanePolicy);
      return (policy.spec as { ingress: { from: object[]; ports: { port: number }[] }[] }).ingress;
    };
    const opened = ingress(dedicated).filter(({ ports: list }) =>
      list.some(({ port }) => port === ports.syncerMetrics),
    );
    expect(opened.flatMap(({ from }) => from)).toEqual([
      { namespaceSelector: { matchExpressions: [{ key: labels.clusterUid, operator: "DoesNotExist" }] } },
    ]);
    expect(ingress({}).flatMap((rule) => rule.ports.map(({ port }) => port))).toEqual([ports.api]);
  });

  it("binds a dedicated syncer by name to its own NestedCluster, and outside of it to reads only", () => {
    const objects = renderControlPlane(sampleInput(dedicated));
    const role = find(objects, "Role", "inkube-syncer-demo");
    expect(role.metadata.namespace).toBe("team");
    expect((role.rules as { resourceNames: string[] }[]).map(({ resourceNames }) => resourceNames)).toEqual([
      ["demo"],
      ["demo"],
    ]);
    const [binding, ...others] = objects.filter(({ kind }) => kind === "ClusterRoleBinding");
    expect(others).toEqual([]);
    expect(binding?.roleRef).toMatchObject({ kind: "ClusterRole", name: names.syncerDedicatedRole });
  });

  it("leaves rights and credentials with a dedicated syncer until its pod is gone, and asks for a pod without it", () => {
    const leaving = renderControlPlane(sampleInput({ dedicatedSyncerLeaving: true }));
    const whole = renderControlPlane(sampleInput(dedicated));
    for (const [kind, name] of [
      ["RoleBinding", names.syncerRoleBinding],
      ["Secret", names.syncerKubeconfigSecret],
      ["Role", "inkube-syncer-demo"],
    ] as const) {
      expect(find(leaving, kind, name)).toEqual(find(whole, kind, name));
    }
    const shared = renderControlPlane(sampleInput());
    expect(find(leaving, "StatefulSet", names.controlPlane)).toEqual(find(shared, "StatefulSet", names.controlPlane));
  });

  const withAdvanced = (advanced: object, more: object = {}) =>
    renderControlPlane(sampleInput({ ...more, spec: { ...sampleSpec, ...more, advanced } }));
  const podOf = (objects: KubeObject[]): PodSpec =>
    (
      find(objects, "StatefulSet", names.controlPlane) as KubeObject & {
        spec: { template: { spec: PodSpec } };
      }
    ).spec.template.spec;

  it.each(["k8s", "k3s"] as const)("CG-10 with openshift leaves IDs of %s to the host and stays non-root", (distro) => {
    const objects = withAdvanced({ openshift: true }, { distro, syncer: "dedicated" });
    const pod = podOf(objects);
    expect(JSON.stringify(objects)).not.toMatch(/"(runAsUser|runAsGroup|fsGroup)"/);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(pod.containers.map(({ name }) => name)).toContain("syncer");
    for (const { securityContext } of pod.containers) expect(securityContext).toMatchObject({ runAsNonRoot: true });
    expect(JSON.stringify(withAdvanced({ openshift: false }, { distro }))).toMatch(/"runAsUser"/);
  });

  it("CG-10 with resourceQuota false makes no ResourceQuota, and keeps what a container counts as", () => {
    const kinds = withAdvanced({ resourceQuota: false }).map(({ kind }) => kind);
    expect(kinds).not.toContain("ResourceQuota");
    expect(kinds).toContain("LimitRange");
    expect(withAdvanced({}).map(({ kind }) => kind)).toContain("ResourceQuota");
  });

  it("CG-10 enforces the group's Pod Security level whatever the nested cluster asks for", () => {
    const [namespace] = withAdvanced({ podSecurity: "restricted" }, { podSecurity: "privileged" });
    expect(namespace?.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  });

  it.each([
    ["k8s", "kube-apiserver"],
    ["k3s", "k3s"],
  ] as const)("CG-10 gives %s the resources that are asked for, in a pod that is valid", (distro, container) => {
    const of = (resources: object) =>
      podOf(withAdvanced({ controlPlane: { resources } }, { distro })).containers.find(
        ({ name }) => name === container,
      );
    const large = of({ requests: { cpu: 1, memory: "3Gi" } });
    expect(large?.resources).toMatchObject({ requests: { cpu: "1", memory: "3Gi" }, limits: { memory: "3Gi" } });
    const small = of({ limits: { memory: "256Mi" } });
    expect(small?.resources).toMatchObject({ requests: { memory: "256Mi" }, limits: { memory: "256Mi" } });
    expect(small?.env).toContainEqual({ name: "GOMEMLIMIT", value: "225MiB" });
  });

  it("asks for the wanted node port and for none otherwise", () => {
    const port = (changes: object): unknown => {
      const { spec } = find(renderControlPlane(sampleInput(changes)), "Service", names.controlPlane);
      return (spec as { ports: { nodePort?: number }[] }).ports[0]?.nodePort;
    };
    const endpoint = { ...sampleSpec.endpoint, type: "NodePort" as const, nodePort: 30123 };
    const spec = { ...sampleSpec, endpoint };
    expect(port({ endpointType: "NodePort", spec })).toBe(30123);
    expect(port({ endpointType: "NodePort" })).toBeUndefined();
  });
});

interface PodSpec {
  securityContext: object;
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  containers: {
    name: string;
    args?: string[];
    env?: object[];
    resources?: object;
    securityContext: object;
    volumeMounts: { name: string; mountPath: string }[];
  }[];
  volumes: object[];
}
