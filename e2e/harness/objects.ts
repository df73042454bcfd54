/** Images that the embedded host has for tests. */
export const images = {
  debian: "inkube.dev/test/debian:12",
  postgres: "inkube.dev/test/postgres:15",
  pause: "registry.k8s.io/pause:3.10.1",
  agnhost: "registry.k8s.io/e2e-test-images/agnhost:2.56",
};

export interface ContainerSpec {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  [field: string]: unknown;
}

const unprivileged = { allowPrivilegeEscalation: false };

/** A container that sleeps unless told otherwise, and ends at once when asked to. */
export function container(spec: ContainerSpec = {}): ContainerSpec {
  const idle = spec.command || spec.args || spec.image ? {} : { command: ["sleep", "infinity"] };
  return { name: "main", image: images.debian, securityContext: unprivileged, ...idle, ...spec };
}

export function pod(name: string, spec: object = {}, labels: Record<string, string> = { app: name }): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels },
    spec: { terminationGracePeriodSeconds: 1, containers: [container()], ...spec },
  };
}

export function deployment(name: string, replicas: number, spec: object = {}): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { terminationGracePeriodSeconds: 1, containers: [container()], ...spec },
      },
    },
  };
}

export function service(name: string, port: number, spec: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: "main", port, targetPort: port }], ...spec },
  };
}

/** A web server that says its own host name at /hostname. */
export function webContainer(extra: object = {}): ContainerSpec {
  return container({ image: images.agnhost, args: ["netexec", "--http-port=8080"], ...extra });
}

export function configMap(name: string, data: Record<string, string>): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

export function secret(name: string, stringData: Record<string, string>): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData };
}
