import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../components/component-list.ts";

/** Who needs an image: the host itself, nested control planes, our own programs, tests only, or whoever names it. */
export type ImageNeed = "host" | "nested" | "programs" | "tests" | "onDemand";

/** One image of images/images.json; its Containerfile is images/<name>/Containerfile. */
export interface ImageDefinition {
  name: string;
  /** The name that pods use; without a tag, the tag is the content key. */
  reference: string;
  /** Components whose binaries are copied in. */
  components?: string[];
  /** Root file systems that are added. */
  rootfs?: string[];
  /** The pinned Node binary is copied in. */
  node?: boolean;
  /** File name → entry point of a program that is bundled into it. */
  bundles?: Record<string, string>;
  /** A self-signed certificate for localhost is copied in. */
  certificate?: boolean;
  needs: ImageNeed;
}

/** A root file system of images/rootfs.json, made from Debian packages. */
export interface RootfsDefinition {
  variant: "extract" | "minbase";
  packages: string[];
  /** Links to busybox that are made in /bin. */
  applets?: string[];
  /** Shell commands that finish it; "$1" is its root. */
  commands?: string[];
}

/** Where Containerfiles and lists are. */
export const imagesDir: string = join(repositoryRoot, "images");

/** Reads images.json. */
export function imageDefinitions(): ImageDefinition[] {
  return JSON.parse(readFileSync(join(imagesDir, "images.json"), "utf8")) as ImageDefinition[];
}

/** Reads rootfs.json. */
export function rootfsDefinitions(): Record<string, RootfsDefinition> {
  return JSON.parse(readFileSync(join(imagesDir, "rootfs.json"), "utf8")) as Record<string, RootfsDefinition>;
}
