import type { KubeObject } from "@inkube/kube";
import type { EndpointHost } from "./endpoint-host.ts";
import type { WildcardDns } from "./wildcard-dns.ts";

const namespace = "kube-system";

/** Makes a host's cluster DNS, and so that of nested clusters too, ask a server that answers on the host. Undone when disposed. */
export async function delegateZone(host: EndpointHost, dns: WildcardDns): Promise<AsyncDisposable> {
  const { kubectl } = host;
  const { data } = await kubectl.get<KubeObject & { data: { Corefile: string } }>("configmap", "coredns", namespace);
  const use = async (corefile: string) => {
    const patch = JSON.stringify({ data: { Corefile: corefile } });
    await kubectl.run(["patch", "configmap", "coredns", "-n", namespace, "--type=merge", "-p", patch]);
    await kubectl.run(["rollout", "restart", "deployment/coredns", "-n", namespace]);
    await kubectl.rolledOut("deployment/coredns", namespace);
  };
  await use(`${data.Corefile}${dns.zone}:53 {\n    errors\n    forward . ${dns.ip}:${dns.port}\n}\n`);
  return { [Symbol.asyncDispose]: () => use(data.Corefile) };
}
