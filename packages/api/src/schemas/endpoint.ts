import { z } from "zod";
import { celRules, celString } from "./cel.ts";
import { hostOrIp, objectName } from "./common.ts";

/**
 * How people reach a nested API server. `ClusterIP` is for use on the host itself; `Hub` makes nothing on the host and leads
 * through the hub's connection with the agent.
 */
export const endpointType = z.enum(["ClusterIP", "NodePort", "LoadBalancer", "Ingress", "Gateway", "Hub"]);

const domainPattern = "^[*]([.][a-z0-9]([-a-z0-9]*[a-z0-9])?){2,}$";

/** A wildcard DNS name; each nested cluster gets a name under it. */
export const wildcardDomain = z
  .string()
  .max(190)
  .meta({
    description: "Wildcard DNS name that leads to the ingress or gateway: *.clusters.example.com.",
    ...celRules({
      rule: `self.matches(${celString(domainPattern)})`,
      messageExpression: `'domain ' + self + ' is not a wildcard: write *. and a DNS name of two labels or more, such as *.clusters.example.com'`,
    }),
  });

/** A range of addresses, `10.0.0.0/8`. */
export const cidr = z
  .string()
  .min(1)
  .max(64)
  .meta(
    celRules({
      rule: "isCIDR(self)",
      messageExpression: "self + ' is not a range of addresses: write it like 10.0.0.0/8'",
    }),
  );

/** One address. */
export const ipAddress = z
  .string()
  .min(1)
  .max(64)
  .meta(
    celRules({
      rule: "isIP(self)",
      messageExpression: "self + ' is not an IP address: write it like 203.0.113.7'",
    }),
  );

const ingressPolicy = z.object({
  className: objectName.optional().describe("Ingress class; the host's default class when absent."),
  controller: z
    .enum(["nginx", "traefik", "haproxy", "f5"])
    .default("nginx")
    .describe("Whose annotations ask for TLS passthrough; traefik understands those of nginx as well."),
});

const gatewayPolicy = z.object({
  name: objectName.describe("Gateway with a TLS listener in mode Passthrough."),
  namespace: objectName.describe("Namespace of the Gateway on the host."),
  sectionName: objectName.optional().describe("Listener of the Gateway; any that fits when absent."),
});

const loadBalancerPolicy = z.object({
  className: z.string().min(1).max(253).optional().describe("loadBalancerClass of the Services."),
  annotations: z
    .record(z.string().max(317), z.string().max(4096))
    .optional()
    .describe("Annotations of the Services, for the host's load balancer."),
});

/** How nested API servers of a host are reached. */
export const endpointPolicy = z
  .object({
    type: endpointType
      .optional()
      .describe("How people reach nested API servers that do not say otherwise. Needed while nesting is on."),
    addresses: z
      .array(hostOrIp)
      .max(32)
      .meta({ "x-kubernetes-list-type": "set" })
      .optional()
      .describe("Names and addresses by which node ports are reached, best first; node addresses when absent."),
    domain: wildcardDomain.optional(),
    port: z
      .int32()
      .default(443)
      .describe("Port of ingress or gateway that people use: 443, or 6443 where that leads to 443 as plain TCP."),
    ingress: ingressPolicy.prefault({}),
    gateway: gatewayPolicy.optional(),
    loadBalancer: loadBalancerPolicy.prefault({}),
  })
  .meta(
    celRules(
      {
        rule: "!has(self.type) || !(self.type in ['Ingress', 'Gateway']) || has(self.domain)",
        messageExpression:
          "'domain is missing: endpoint type ' + self.type + ' needs a wildcard DNS name, such as *.clusters.example.com'",
        fieldPath: ".domain",
        reason: "FieldValueRequired",
      },
      {
        rule: "!has(self.type) || self.type != 'Gateway' || has(self.gateway)",
        message: "gateway is missing: endpoint type Gateway needs the name and namespace of a Gateway",
        fieldPath: ".gateway",
        reason: "FieldValueRequired",
      },
      {
        rule: "self.port in [443, 6443]",
        message: "port can be 443 or 6443",
        fieldPath: ".port",
      },
    ),
  );

const loadBalancer = z.object({
  externalTrafficPolicy: z
    .enum(["Cluster", "Local"])
    .default("Cluster")
    .describe("Local keeps the caller's address and answers only on the node of the control plane."),
  sourceRanges: z
    .array(cidr)
    .max(64)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe("Ranges of addresses that may connect; any when absent."),
  externalIPs: z
    .array(ipAddress)
    .max(16)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe("More addresses by which the Service is reached; routed to the host's nodes by other means."),
});

/** How one nested API server is reached, where that differs from its host. */
export const clusterEndpoint = z
  .object({
    type: endpointType
      .optional()
      .describe("How people reach the API server; the host's or group's endpoint type when absent."),
    domain: wildcardDomain
      .optional()
      .describe(
        "Wildcard DNS name under which its own name lies; that of its group for the host where it was placed, else the host's. In a hub only administrators may set another.",
      ),
    nodePort: z
      .int32()
      .min(1)
      .max(65535)
      .optional()
      .describe("Port on every host node; chosen by the host when absent."),
    loadBalancer: loadBalancer.prefault({}).describe("Used only with endpoint type LoadBalancer."),
    extraNames: z
      .array(hostOrIp)
      .max(32)
      .meta({ "x-kubernetes-list-type": "set" })
      .optional()
      .describe("More names and addresses that the API server's certificate is valid for."),
  })
  .meta(
    celRules({
      rule: "!has(self.nodePort) || (has(self.type) && self.type == 'NodePort')",
      message: "nodePort needs type NodePort: set type: NodePort or remove nodePort",
      fieldPath: ".nodePort",
      reason: "FieldValueForbidden",
    }),
  );
