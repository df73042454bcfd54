import { names } from "@inkube/api";

/**
 * The Service inside a nested cluster by which its API server calls the syncer: an ExternalName that resolves only inside the
 * tunnel. A URL would not do: API servers send calls to URLs past the egress selection `cluster`, and taking the selection for
 * those as well would cut off webhooks that a tenant runs elsewhere.
 */
export const webhookService = { namespace: "kube-system", name: "inkube-syncer" } as const;

/** The name that the certificate served to API servers must hold. */
export const webhookServerName = `${webhookService.name}.${webhookService.namespace}.svc`;

/** Where the admission of Services is served. */
export const servicesPath = names.servicesWebhookPath;

/** A Service of this name, created as a dry run, is refused with {@link probeReason}: proof that admission is in place. */
export const probe = { namespace: webhookService.namespace, name: "inkube-admission-probe" } as const;
export const probeReason = "InkubeAdmissionInPlace";
