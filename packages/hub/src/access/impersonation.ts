import { type Client, type ClusterConfig, createClient } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import { impersonationText } from "./impersonation-text.ts";

const mostClients = 500;

/**
 * Clients of the hub's Kubernetes API that act as the caller, so that its RBAC is the only judge. The least recently used
 * are closed when there are too many.
 */
export interface ImpersonatedClients {
  clientFor(principal: Pick<Principal, "user" | "groups">): Client;
  close(): Promise<void>;
}

export function createImpersonatedClients(config: ClusterConfig): ImpersonatedClients {
  const clients = new Map<string, Client>();
  return {
    clientFor({ user, groups }) {
      const key = JSON.stringify([user, groups]);
      const known = clients.get(key);
      clients.delete(key);
      const client = known ?? createClient({ ...config, connections: 4, impersonate: inHeaders(user, groups) });
      clients.set(key, client);
      const [oldest] = clients;
      if (clients.size > mostClients && oldest) {
        clients.delete(oldest[0]);
        void oldest[1].close();
      }
      return client;
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

function inHeaders(user: string, groups: readonly string[]): { user: string; groups: string[] } {
  return { user: impersonationText(user), groups: groups.map(impersonationText) };
}
