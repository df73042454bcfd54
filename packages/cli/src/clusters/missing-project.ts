import { AppError } from "@inkube/api";
import { isKubeError } from "@inkube/kube";

/** What to say when something cannot be created because its project is not there; undefined for any other failure. */
export function missingProject(error: unknown, project: string): AppError | undefined {
  if (!isKubeError(error, "notFound")) return undefined;
  const details = error.details as { kind?: string; name?: string } | undefined;
  if (details?.kind !== "namespaces" || details.name !== project) return undefined;
  return new AppError("KUBE_NOT_FOUND", `There is no project ${project}`, {
    todo: `Create it with inkube project create ${project}, past a hub with kubectl create namespace ${project}, or name another with -n.`,
    cause: error,
  });
}
