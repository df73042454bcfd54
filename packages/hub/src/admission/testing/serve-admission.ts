import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { apiVersion, nestedClusters } from "@inkube/api";
import { createAuthority, issueServing } from "@inkube/controlplane";
import { type Client, isKubeError, systemClock } from "@inkube/kube";
import type { HubServer } from "../../server/server.ts";

/** The hub's routes on loopback by HTTPS, where a real API server can call them. */
export interface ServedAdmission {
  url: string;
  /** Who signed its certificate, PEM. */
  ca: string;
  /** Refuses connections from now on, as a hub that is down. */
  close(): Promise<void>;
}

/** Serves what `server` answers, beside its own way of listening. */
export async function serveAdmission(server: () => HubServer): Promise<ServedAdmission> {
  const now = systemClock.now();
  const authority = await createAuthority("test-hub-authority", now);
  const { certificate, key } = await issueServing(authority, { commonName: "hub", names: ["127.0.0.1"], now });
  const listener = createServer({ cert: certificate, key }, (request, response) => server().routing(request, response));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    ca: authority.certificate,
    async close() {
      if (!listener.listening) return;
      listener.close();
      listener.closeAllConnections();
      await once(listener, "close");
    },
  };
}

/** Resolves once the API server asks the hub: it hears of new configurations a moment after they are stored. */
export async function whenAdmissionWorks(admin: Client): Promise<void> {
  const probe = (spec: object) => {
    const object = { apiVersion, kind: nestedClusters.kind, metadata: { name: "probe", namespace: "default" }, spec };
    return admin.create(nestedClusters, object, { dryRun: true });
  };
  for (let attempt = 0; ; attempt += 1) {
    const made = await probe({}).catch(() => undefined);
    const refused = await probe({ group: "no-such-group" }).catch((error: unknown) => error);
    if (made?.metadata.annotations && isKubeError(refused, "invalid")) return;
    if (attempt > 1200) throw new Error(`Admission does not work: ${String(refused)}`);
    await systemClock.sleep(100);
  }
}
