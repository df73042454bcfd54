import { z } from "zod";

/** A user or group that gets rights. Names that Kubernetes keeps for itself are never given any through the hub. */
export const subjectSchema = z
  .object({
    kind: z.enum(["User", "Group"]),
    name: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[^\s\p{Cc}](.*[^\s\p{Cc}])?$/u, "must not begin or end with a space or control character")
      .refine((name) => !/\p{Cc}/u.test(name), "must have no control characters")
      .refine((name) => !/^system:/i.test(name), "names that begin with system: are kept for Kubernetes"),
  })
  .meta({ id: "Subject" });
