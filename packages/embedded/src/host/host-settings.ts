import { readTextIfThere, writeFileAtomically } from "../write-file.ts";
import type { HostLayout } from "./host-layout.ts";

/** What a host remembers about itself between runs. */
export interface HostSettings {
  index: number;
  /** The boot of the machine in which it was last brought up. */
  bootId: string;
  createdAt: string;
}

/** Reads them; undefined when this host was never brought up. */
export function readHostSettings(layout: HostLayout): HostSettings | undefined {
  const text = readTextIfThere(layout.settingsPath);
  return text === undefined ? undefined : (JSON.parse(text) as HostSettings);
}

export function writeHostSettings(layout: HostLayout, settings: HostSettings): void {
  writeFileAtomically(layout.settingsPath, `${JSON.stringify(settings, undefined, 2)}\n`);
}
