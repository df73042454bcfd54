import { X509Certificate } from "node:crypto";
import { AppError } from "@inkube/api";
import { z } from "zod";

const name = z.string().min(1).max(200);
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "is not a scope");

const schema = z.strictObject({
  issuer: z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .max(1024)
    .describe("As the provider's discovery document says it."),
  clientId: z.string().min(1).max(1024),
  clientSecret: z.string().min(1).max(4096).optional().describe("Absent for a public client."),
  scopes: z.array(scope).max(50).default(["openid", "email", "profile"]),
  usernameClaim: name.default("email"),
  requireVerifiedEmail: z.boolean().default(true).describe("Only looked at when the user's name is his email."),
  groupsClaim: name.default("groups"),
  sessionMinutes: z
    .number()
    .int()
    .min(5)
    .max(7 * 24 * 60)
    .default(240),
  ca: z.string().max(100_000).refine(isCertificate, "holds no certificate (PEM)").optional(),
  caFile: z.string().min(1).max(1024).optional().describe("The same in a file; a relative path is beside this one."),
});

/** How people sign in with OpenID Connect. */
export type OidcSettings = Readonly<Omit<z.output<typeof schema>, "caFile">>;

/**
 * Reads the settings. `readCa` gives the content of `caFile`. Throws AppError SPEC_INVALID that names the fields; never with
 * their content, as one of them is a secret.
 */
export function parseOidcSettings(text: string, readCa: (path: string) => string): OidcSettings {
  const { caFile, ...settings } = check(parseJson(text));
  if (caFile === undefined) return withOpenid(settings);
  if (settings.ca !== undefined) throw invalid("ca and caFile are both given");
  const ca = readCa(caFile);
  if (!isCertificate(ca)) throw invalid("caFile: holds no certificate (PEM)");
  return withOpenid({ ...settings, ca });
}

function withOpenid(settings: OidcSettings): OidcSettings {
  return { ...settings, scopes: [...new Set(["openid", ...settings.scopes])] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says would quote the text.
    throw invalid("it is not JSON");
  }
}

function check(value: unknown): z.output<typeof schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")).join("; "),
  );
}

function invalid(why: string): AppError {
  return new AppError("SPEC_INVALID", `The configuration of OpenID Connect is not valid: ${why}`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
