/** The hub's history in SQL: audit, kept events and usage; in a SQLite file, or in PostgreSQL by a URL. */
export type { ActorType, AuditEntry, AuditFilter, AuditList, AuditLog, AuditPage, AuditRecord } from "./audit/audit.ts";
export type {
  EventAudience,
  EventEntry,
  EventFilter,
  EventLog,
  EventPage,
  EventPageRequest,
  EventRecord,
  EventType,
} from "./events/events.ts";
export { defaultStoreUrl, type OpenStoreOptions, openStore, type Store } from "./open-store.ts";
export type { UsageBucket, UsageFilter, UsageList, UsageLog, UsagePage, UsageSample } from "./usage/usage.ts";
