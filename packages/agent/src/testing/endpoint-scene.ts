import { names, nestedClusters } from "@inkube/api";
import { type KubeObject, type ResourceType, resources } from "@inkube/kube";
import type { HostEndpoint } from "../host/host-view.ts";
import { condition, healthy, namespace } from "./demo-cluster.ts";
import { putPod, startTestHost, type TestHost } from "./test-host.ts";

/** The one name of everything that an endpoint consists of. */
export const ref = { namespace, name: names.controlPlane };

/** The name of `team/demo` on a host with this wildcard. */
export const domain = "*.clusters.example.com";
export const fqdn = "demo.team.clusters.example.com";

/**
 * A host of that policy, on which the control plane of `team/demo` has been ready for long, and was made before the clock's
 * time began. What answers at the endpoint is for the test to say.
 */
export async function exposedHost(policy: Partial<HostEndpoint>, spec: object = {}): Promise<TestHost> {
  const host = await startTestHost();
  host.view = { ...host.view, endpoint: { ...host.view.endpoint, ...policy } };
  await host.createCluster("demo", spec);
  host.answer = { ready: true };
  await becomeReady(host);
  return host;
}

/** Lets the control plane of `team/demo` run, and moves the clock past the time that everything may take. */
export async function becomeReady(host: TestHost): Promise<void> {
  await host.reconcile("demo");
  await putPod(host, namespace, healthy);
  await host.reconcile("demo");
  host.clock.jump(Date.now() + 60_000 - host.clock.now());
  await host.reconcile("demo");
}

/** What the endpoint's condition says after another look. */
export async function finding(host: TestHost): Promise<{ reason?: string; message?: string; status?: string }> {
  await host.reconcile("demo");
  return condition(host, "EndpointReachable") ?? {};
}

export function live(host: TestHost, type: ResourceType): KubeObject | undefined {
  return host.server.object(type, ref);
}

/** What a controller of the host writes into the status of an object. */
export async function writeStatus(host: TestHost, type: ResourceType, status: object): Promise<void> {
  await host.client.patch(type, ref, { status }, { type: "merge", subresource: "status" });
}

/** Gives a Service or an Ingress addresses, as a controller of the host does. */
export function giveAddresses(host: TestHost, type: ResourceType, ingress: object[]): Promise<void> {
  return writeStatus(host, type, { loadBalancer: { ingress } });
}

/** Changes the type of endpoint that the specification asks for, and lets the agent follow. */
export async function changeType(host: TestHost, type: string): Promise<void> {
  const body = { spec: { endpoint: { type } } };
  await host.client.patch(nestedClusters, { namespace: "team", name: "demo" }, body, { type: "merge" });
  await host.reconcile("demo");
}

/** An Event about the Service `control-plane`. */
export async function tellOfService(host: TestHost, reason: string, message: string): Promise<void> {
  await host.client.create(resources.events, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `said-${reason.toLowerCase()}`, namespace },
    involvedObject: { kind: "Service", name: names.controlPlane, namespace },
    reason,
    message,
    lastTimestamp: new Date().toISOString(),
  });
}
