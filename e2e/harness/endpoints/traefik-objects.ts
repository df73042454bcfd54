export const traefikNamespace = "traefik";
const name = "traefik";
const metadata = { name, namespace: traefikNamespace };
const rbac = "rbac.authorization.k8s.io";

export interface TraefikObjectsOptions {
  image: string;
  className: string;
  gateway: boolean;
}

/** Traefik, what it may do, and the IngressClass it serves. */
export function traefikObjects(options: TraefikObjectsOptions): object[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: traefikNamespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules: rules() },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: options.className },
      spec: { controller: "k8s.io/ingress-nginx" },
    },
    deployment(options),
    service(),
  ];
}

/** The class of Traefik's gateways, and one that passes TLS through to routes of any namespace. */
export function gatewayObjects(): object[] {
  const apiVersion = "gateway.networking.k8s.io/v1";
  const tls = {
    name: "tls",
    protocol: "TLS",
    // A listener's port is matched with that of an entry point, not of the Service.
    port: 443,
    tls: { mode: "Passthrough" },
    allowedRoutes: { namespaces: { from: "All" } },
  };
  return [
    { apiVersion, kind: "GatewayClass", metadata: { name }, spec: { controllerName: "traefik.io/gateway-controller" } },
    { apiVersion, kind: "Gateway", metadata, spec: { gatewayClassName: name, listeners: [tls] } },
  ];
}

function rules(): object[] {
  const read = ["get", "list", "watch"];
  return [
    { apiGroups: [""], resources: ["services", "secrets", "configmaps", "namespaces", "nodes", "pods"], verbs: read },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update", "patch"] },
    // Everything of the group, its status subresources included: which kinds there are changes with its releases.
    { apiGroups: ["gateway.networking.k8s.io"], resources: ["*"], verbs: [...read, "update", "patch"] },
  ];
}

function flags({ className, gateway }: TraefikObjectsOptions): string[] {
  const published = `${traefikNamespace}/${name}`;
  const nginx = [
    "",
    `.ingressclass=${className}`,
    `.publishservice=${published}`,
    ".httpentrypoint=web",
    ".httpsentrypoint=websecure",
  ];
  const gateways = ["", `.statusaddress.service.name=${name}`, `.statusaddress.service.namespace=${traefikNamespace}`];
  return [
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.level=INFO",
    "--ping=true",
    "--entrypoints.web.address=:80",
    "--entrypoints.websecure.address=:443",
    ...nginx.map((rest) => `--providers.kubernetesingressnginx${rest}`),
    ...(gateway ? gateways.map((rest) => `--providers.kubernetesgateway${rest}`) : []),
  ];
}

function deployment(options: TraefikObjectsOptions): object {
  const container = {
    name,
    image: options.image,
    args: flags(options),
    ports: [
      { name: "web", containerPort: 80 },
      { name: "websecure", containerPort: 443 },
    ],
    readinessProbe: { httpGet: { path: "/ping", port: 8080 }, periodSeconds: 1, timeoutSeconds: 5 },
    resources: { requests: { cpu: "10m", memory: "64Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65532,
    },
  };
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: name, terminationGracePeriodSeconds: 1, containers: [container] },
      },
    },
  };
}

function service(): object {
  const ports = [
    { name: "web", port: 80, targetPort: "web" },
    { name: "websecure", port: 443, targetPort: "websecure" },
    { name: "kubernetes", port: 6443, targetPort: "websecure" },
  ];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { type: "LoadBalancer", selector: { app: name }, ports },
  };
}
