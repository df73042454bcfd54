import { fieldManagers, labels, managedBy, names } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import type { HubContext } from "../context.ts";
import { hasFirstAdministrator, issueFirstAdministrator } from "./first-administrator.ts";

const namespace = names.systemNamespace;
const defaultProject = "default";

/**
 * What a hub needs before it can be used; done by the leader, again at every start, and without effect when it is there: a way in
 * for the first administrator, the agent beside it attached, one project.
 */
export async function prepareHub(context: HubContext): Promise<void> {
  await ensureFirstAdministrator(context);
  await ensureLocalConnection(context);
  await ensureDefaultProject(context.client);
}

/** As long as no administrator has a key, the Secret holds a token with which one can be had, once. */
async function ensureFirstAdministrator({ client, credentials, clock, logger }: HubContext): Promise<void> {
  if (hasFirstAdministrator(credentials, clock.now())) return;
  const token = await issueFirstAdministrator({ client, clock });
  await client.apply(resources.secrets, secret(names.firstAdminSecret, { token }), applied);
  logger.info({ secret: `${namespace}/${names.firstAdminSecret}` }, "Wrote the first administrator's one-time token");
}

/** The agent on the hub's own cluster joins as any other, by a Secret that needs nobody to apply it. */
async function ensureLocalConnection({ client, credentials, settings }: HubContext): Promise<void> {
  const found = await client.get(resources.secrets, { namespace, name: names.hubConnectionSecret });
  const url = `https://${names.hubService}.${namespace}.svc`;
  const kept = (found?.data ?? {}) as Record<string, string>;
  const same = (key: string, text: string): boolean => kept[key] === Buffer.from(text).toString("base64");
  if (found && same("url", url) && same("ca.crt", settings.ca ?? "")) return;
  const { token } = await credentials.issue({
    kind: "import",
    subject: names.localHost,
    name: names.localHost,
    description: "{}",
  });
  const data = { url, token, mode: "local", "ca.crt": settings.ca ?? "" };
  await client.apply(resources.secrets, secret(names.hubConnectionSecret, data), applied);
}

async function ensureDefaultProject(client: Client): Promise<void> {
  const metadata = { name: defaultProject, labels: { [labels.isProject]: "true" } };
  const object: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata };
  await client.apply(resources.namespaces, object, applied).catch((error: unknown) => {
    if (!isKubeError(error, "conflict")) throw error;
  });
}

const applied = { fieldManager: fieldManagers.hub, force: true };

function secret(name: string, data: Record<string, string>): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels: { [labels.managedBy]: managedBy.hub } },
    stringData: data,
  };
}
