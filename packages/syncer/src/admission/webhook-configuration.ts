import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { servicesPath, webhookService } from "./webhook-names.ts";

/**
 * The configuration that has a nested API server ask the syncer about Services.
 * It fails closed: a Service stored without the host's address would get one that may be another tenant's. While the syncer is
 * away, Services with an address can therefore not be created; nothing else is held up, `default/kubernetes` included, which
 * the API server makes for itself.
 * @param caBundle PEM of the internal CA.
 */
export function webhookConfiguration(caBundle: string): KubeObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: names.servicesWebhook },
    webhooks: [
      {
        name: "services.inkube.dev",
        admissionReviewVersions: ["v1"],
        clientConfig: {
          service: { ...webhookService, path: servicesPath, port: 443 },
          caBundle: Buffer.from(caBundle).toString("base64"),
        },
        rules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["services"],
            scope: "Namespaced",
          },
        ],
        matchConditions: matchConditions(),
        matchPolicy: "Equivalent",
        failurePolicy: "Fail",
        sideEffects: "NoneOnDryRun",
        timeoutSeconds: 10,
        // A tenant's own webhook may change the type of a Service after this one has seen it.
        reinvocationPolicy: "IfNeeded",
        namespaceSelector: {},
        objectSelector: {},
      },
    ],
  };
}

/** Spares the calls that would change nothing: Services without an address, and updates that touch neither address nor node ports. */
function matchConditions(): { name: string; expression: string }[] {
  const changed = (field: string): string => `object.spec.?${field} != oldObject.spec.?${field}`;
  return [
    {
      name: "not-the-api-service",
      expression: '!(request.namespace == "default" && request.?name.orValue("") == "kubernetes")',
    },
    {
      name: "has-an-address",
      expression:
        'object.spec.?type.orValue("ClusterIP") != "ExternalName" && object.spec.?clusterIP.orValue("") != "None"',
    },
    {
      name: "asks-for-something-new",
      expression: [
        'request.operation == "CREATE"',
        changed("type"),
        changed("ipFamilyPolicy"),
        '(object.spec.?clusterIP.orValue("") != "" && object.spec.?clusterIP != oldObject.spec.?clusterIP)',
        `(object.spec.?type.orValue("ClusterIP") != "ClusterIP" && (${["ports", "externalTrafficPolicy", "allocateLoadBalancerNodePorts"].map(changed).join(" || ")}))`,
      ].join(" || "),
    },
  ];
}
