import { delimiter, join } from "node:path";
import type { Io } from "../io.ts";

/** The file that kubectl would write to: the first of $KUBECONFIG, else ~/.kube/config. */
export function defaultKubeconfigPath(io: Pick<Io, "env" | "home">): string {
  const [first] = (io.env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  return first ?? join(io.home, ".kube", "config");
}
