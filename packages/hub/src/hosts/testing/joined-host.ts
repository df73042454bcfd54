import { newToken } from "@inkube/api";
import { expect } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import type { TestHub } from "../../testing/test-hub.ts";

/** What the agent of an imported host says to the hub, without an agent. */
export interface JoinedHost {
  /** The credential by which the hub knows it. */
  token: string;
  /** Joins again with the token of another import, by the same credential, as after the command was run again. */
  rejoin(importToken: string): Promise<void>;
  report(status: object): Promise<void>;
}

const capacity = { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" };

/** The token in an import's command. Throws when the hub does not give one. */
export async function importToken(test: TestHub, admin: string, name: string, proxy: object = {}): Promise<string> {
  const answer = await test.call(admin, "POST", `/api/v1/hosts/${name}/import`, proxy);
  expect(answer.statusCode, answer.body).toBe(201);
  return (answer.json().url as string).split("/").at(-1) ?? "";
}

/** Joins a host that the hub has, as its agent would, and reports once. */
export async function joinHost(test: TestHub, admin: string, name: string, status: object = {}): Promise<JoinedHost> {
  const { id, hash, token } = newToken("host");
  const rejoin = async (bootstrap: string): Promise<void> => {
    const body = { id, hash, agentVersion: "0.1.0", version: "v1.34.4" };
    const answer = await test.call(bootstrap, "POST", "/agent/v1/join", body);
    expect(answer.json()).toEqual({ host: name });
  };
  const report = async (more: object): Promise<void> => {
    const host = { version: "v1.34.4", nodes: 1, capacity, access: "full", ...more };
    await eventually(async () => {
      const answer = await test.call(token, "POST", "/agent/v1/report", { host });
      expect(answer.statusCode, answer.body).toBe(200);
    });
  };
  await rejoin(await importToken(test, admin, name));
  await report(status);
  return { token, rejoin, report };
}
