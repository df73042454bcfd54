import { names } from "@inkube/api";
import type { WatchCache } from "@inkube/kube";
import { userQuotaSetting } from "../admission/user-quota.ts";
import { settingsConfigMap } from "../install/hub-rules.ts";

/** Cluster groups that are shown to nobody but those who may list all groups. */
export interface HiddenGroups {
  /** Throws AppError SPEC_INVALID while somebody's nonsense is set: what is hidden must not show for that. */
  names(): Promise<ReadonlySet<string>>;
  /** Returns how to stop. */
  onChange(handler: () => void): () => void;
}

/** Watched and not read, since every list of groups asks for it. */
export function createHiddenGroups(settings: WatchCache): HiddenGroups {
  return {
    async names() {
      await settings.whenSynced();
      const kept = settings.get(settingsConfigMap, names.systemNamespace);
      const { hideSeparateGroups, separateGroups } = userQuotaSetting.of(kept);
      return new Set(hideSeparateGroups ? separateGroups : []);
    },
    onChange: (handler) => settings.onChange(handler),
  };
}
