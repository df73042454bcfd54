import type { KubeObject } from "@inkube/kube";
import type { TokenClaim } from "../kind.ts";
import { record, records, text } from "../untyped.ts";

const defaultExpirationSeconds = 3600;

/** Key of a token in the pod's token Secret: volume names hold no dots, so two sources never share one. */
export function tokenKey(volume: string, sourceIndex: number): string {
  return `${volume}.${sourceIndex}`;
}

/** The tokens that a pod's projected volumes ask for. No audience means the API server's own: an empty list. */
export function tokensOf(pod: KubeObject): TokenClaim[] {
  return records(record(pod.spec).volumes).flatMap((volume) =>
    records(record(volume.projected).sources).flatMap((source, index) => {
      if (source.serviceAccountToken === undefined) return [];
      const { audience, expirationSeconds } = record(source.serviceAccountToken);
      return {
        key: tokenKey(text(volume.name), index),
        audiences: text(audience) === "" ? [] : [text(audience)],
        expirationSeconds: typeof expirationSeconds === "number" ? expirationSeconds : defaultExpirationSeconds,
      };
    }),
  );
}
