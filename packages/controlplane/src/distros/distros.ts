import type { Distro as DistroName } from "@inkube/api";
import type { DistroDefinition } from "./distro.ts";
import { k3s } from "./k3s/k3s.ts";
import { k8s } from "./k8s/k8s.ts";

/** Every way to run a control plane, by the name that `spec.distro` uses. */
export const distroDefinitions: Readonly<Record<DistroName, DistroDefinition>> = { k8s, k3s };
