import { systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { openStore, type Store } from "../open-store.ts";
import { auditPaging } from "./contract/audit-paging.ts";
import { auditing } from "./contract/auditing.ts";
import { csv } from "./contract/csv.ts";
import { eventLog } from "./contract/event-log.ts";
import { eventPages } from "./contract/event-pages.ts";
import { opening } from "./contract/opening.ts";
import { recovering } from "./contract/recovering.ts";
import { usageLog } from "./contract/usage-log.ts";
import type { TestDatabase } from "./test-database.ts";

/** What the statements of the contract use. */
export interface Scene {
  store: Store;
  database: TestDatabase;
  /** An empty database that nobody else uses. */
  fresh(): Promise<TestDatabase>;
  /** A second hub on the scene's database, or a hub on the one given. */
  another(database?: TestDatabase): Promise<Store>;
}

/** One part of the contract: declares its tests; the scene is there while they run. Parts share no database. */
export type ContractPart = (scene: () => Scene) => void;

const parts: Record<string, ContractPart> = {
  opening,
  auditing,
  "audit paging": auditPaging,
  csv,
  events: eventLog,
  "pages of events": eventPages,
  usage: usageLog,
  recovering,
};

/** The contract that the store keeps on every kind of database. `fresh` makes an empty one. */
export function describeStore(name: string, fresh: () => Promise<TestDatabase>): void {
  describe(name, () => {
    for (const [part, declare] of Object.entries(parts)) describe(part, () => declarePart(fresh, declare));
  });
}

function declarePart(fresh: () => Promise<TestDatabase>, declare: ContractPart): void {
  let scene: Scene | undefined;
  beforeAll(async () => {
    const database = await fresh();
    const another = ({ url } = database) => openStore({ url, clock: systemClock, logger: collectingLogger() });
    scene = { store: await another(), database, fresh, another };
  });
  afterAll(async () => {
    await scene?.store.close();
    await scene?.database[Symbol.asyncDispose]();
  });
  declare(() => {
    if (!scene) throw new Error("The scene is there only while tests run");
    return scene;
  });
}
