import type { Clock } from "@inkube/kube";
import { EncryptJWT, errors, jwtDecrypt } from "jose";

/** What may be sealed; a box is opened only for the same purpose. */
export type Purpose = "sign-in" | "cli-code";

/** Boxes that only the hub can open: everything that it must remember of somebody who is not signed in yet travels in them. */
export interface Sealer {
  seal(purpose: Purpose, content: object, ms: number): Promise<string>;
  /** Undefined for a box that was changed, is too old, was sealed for something else or with another key. */
  open(purpose: Purpose, box: string): Promise<Record<string, unknown> | undefined>;
}

/** `key` gives 32 bytes, the same on every replica. */
export function createSealer(key: () => Promise<Uint8Array>, clock: Clock): Sealer {
  return {
    async seal(purpose, content, ms) {
      return new EncryptJWT({ content })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setAudience(purpose)
        .setExpirationTime(Math.ceil((clock.now() + ms) / 1_000))
        .encrypt(await key());
    },
    async open(purpose, box) {
      const known = await key();
      try {
        const { payload } = await jwtDecrypt(box, known, {
          audience: purpose,
          currentDate: new Date(clock.now()),
          requiredClaims: ["exp"],
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        return payload.content as Record<string, unknown>;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
