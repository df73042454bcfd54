import { AppError } from "@inkube/api";

/** Who may use a host or group: these projects, all (null in a merge patch), or undefined for no change. Throws AppError USAGE. */
export function projectsPatch(flags: {
  projects: readonly string[];
  "all-projects": boolean;
}): readonly string[] | null | undefined {
  const isNamed = flags.projects.length > 0;
  if (isNamed && flags["all-projects"]) {
    throw new AppError("USAGE", "--projects and --all-projects cannot both be given", {
      todo: "Leave one of them out.",
    });
  }
  if (flags["all-projects"]) return null;
  return isNamed ? flags.projects : undefined;
}
