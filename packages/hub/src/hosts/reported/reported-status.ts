import { AppError, conditionTypes } from "@inkube/api";
import { condition, hostClusterStatus, nestedClusterStatus } from "@inkube/api/schemas";
import { z } from "zod";
import { plainTexts } from "./plain-text.ts";

/** A status that a host has reported, as far as it counts. */
export interface ReportedStatus {
  status: Record<string, unknown>;
  /** Members that were left out, because their form is wrong or they are not the host's to say. */
  ignored: string[];
}

/** More than that a status never is: together with all others it has to fit where objects are kept. */
const mostBytes = 64 * 1024;
const mostOfMessage = 4096;
const mostEntries = 64;

const name = /^[A-Za-z0-9]([-A-Za-z0-9_./]{0,314}[A-Za-z0-9])?$/;

const conditions = z
  .array(
    condition.extend({
      type: z.string().regex(name),
      reason: z.string().regex(/^[A-Za-z]([A-Za-z0-9_,:]{0,126}[A-Za-z0-9_])?$/),
      message: z.string().transform((text) => text.slice(0, mostOfMessage)),
    }),
  )
  .max(mostEntries)
  .refine((list) => new Set(list.map(({ type }) => type)).size === list.length);

/** People open it, and programs are led there: it is a place on the web, and holds nobody's password. */
const webAddress = z
  .string()
  .max(512)
  .refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" && url.username === "" && url.password === "";
  });

const amounts = z
  .record(z.string().regex(name), z.union([z.string().regex(/^[0-9][0-9A-Za-z.+-]{0,31}$/), z.number().min(0)]))
  .refine((values) => Object.keys(values).length <= mostEntries);

/** Conditions that the hub alone writes. */
export const hubConditions: ReadonlySet<string> = new Set(["Placed", conditionTypes.endpointReachableFromOutside]);

/** The only conditions that hosts say of themselves. */
export const hostConditions: ReadonlySet<string> = new Set([conditionTypes.wildcardDNS]);

const hostShape = {
  ...hostClusterStatus.omit({ phase: true, heartbeat: true }).shape,
  capacity: amounts,
  conditions: conditions.transform((list) => list.filter(({ type }) => hostConditions.has(type))),
};
const clusterShape = {
  ...nestedClusterStatus.omit({ host: true }).shape,
  endpoint: nestedClusterStatus.shape.endpoint.unwrap().extend({ url: webAddress.optional() }),
  conditions: conditions.transform((list) => list.filter(({ type }) => !hubConditions.has(type))),
};

/**
 * What a host says of itself, as far as it counts. Agents are not trusted: members that are unknown or malformed are left out, so
 * that neither a lie nor a newer agent keeps the rest from being told. Throws AppError TOO_LARGE.
 */
export function reportedHostStatus(reported: Record<string, unknown>): ReportedStatus {
  return read(hostShape, reported);
}

/** The same of a nested cluster; where it was placed only the hub says. */
export function reportedClusterStatus(reported: Record<string, unknown>): ReportedStatus {
  return read(clusterShape, reported);
}

function read(shape: Readonly<Record<string, z.ZodType>>, reported: Record<string, unknown>): ReportedStatus {
  const status: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const [member, value] of Object.entries(reported)) {
    const known = Object.hasOwn(shape, member) ? shape[member] : undefined;
    const { data } = known?.safeParse(plainTexts(value)) ?? {};
    if (data === undefined) ignored.push(member);
    else status[member] = data;
  }
  if (Buffer.byteLength(JSON.stringify(status)) > mostBytes) {
    throw new AppError("TOO_LARGE", `A status of more than ${mostBytes} bytes is not taken`);
  }
  return { status, ignored };
}
