import { isDeepStrictEqual } from "node:util";
import { AppError, annotations as known } from "@inkube/api";
import type { HubClient } from "./hub-client.ts";

interface Project {
  name: string;
  description: string;
  labels: Record<string, string>;
}

/**
 * Creates a project that is not there. Throws AppError SPEC_INVALID when it is there with another description or other labels:
 * the hub does not change projects.
 */
export async function applyProject(
  hub: HubClient,
  wanted: {
    name: string;
    labels: Record<string, string> | undefined;
    annotations: Record<string, string> | undefined;
  },
  dryRun: boolean,
): Promise<{ result: "created" | "unchanged"; object: unknown }> {
  const { name, labels = {} } = wanted;
  const description = wanted.annotations?.[known.description];
  const there = (await hub.list<Project>("/api/v1/projects", { name })).find((project) => project.name === name);
  if (!there) {
    const body = { name, labels, ...(description !== undefined && { description }) };
    return { result: "created", object: await hub.call("POST", `/api/v1/projects?dryRun=${dryRun}`, body) };
  }
  const isAsWanted =
    (description ?? there.description) === there.description &&
    isDeepStrictEqual({ ...there.labels, ...labels }, there.labels);
  if (isAsWanted) return { result: "unchanged", object: there };
  throw new AppError("SPEC_INVALID", `Project ${name} is there with another description or other labels`, {
    todo: "Leave them out: projects are not changed after they were created.",
  });
}
