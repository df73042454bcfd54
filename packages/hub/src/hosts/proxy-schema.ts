import { X509Certificate } from "node:crypto";
import { z } from "zod";

const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** How the agent of an imported host gets out, where it cannot directly. */
export const proxySchema = z
  .strictObject({
    httpsProxy: z
      .string()
      .max(1024)
      .refine(isProxyUrl, "must be http://host:port or https://host:port")
      .optional()
      .describe("HTTP proxy that takes CONNECT: http://host:port, with user:password@ where it wants them."),
    noProxy: z
      .string()
      .max(4096)
      .regex(/^[\w.*:/,[\] -]*$/, "must be names, addresses and ranges joined by commas")
      .optional()
      .describe("What goes past the proxy: names with all below them, addresses, ranges; joined by commas."),
    ca: z
      .string()
      .max(65_536)
      .refine(areCertificates, "must be certificates in PEM and nothing else")
      .optional()
      .describe("Authorities to trust beside the hub's own, PEM: of the proxy, or of what it signs."),
  })
  .prefault({});

export type ProxySettings = z.output<typeof proxySchema>;

/** Parsers of addresses pass over line breaks and spaces; what the agent gets must be what is written. */
function isProxyUrl(text: string): boolean {
  const url = /^[\x21-\x7e]+$/.test(text) ? URL.parse(text) : null;
  if (!url || !/^https?:\/\//i.test(text) || url.hostname === "") return false;
  return url.pathname === "/" && url.search === "" && url.hash === "" && !text.includes("\\");
}

function areCertificates(text: string): boolean {
  const found = text.match(certificate) ?? [];
  if (found.length === 0 || text.replace(certificate, "").trim() !== "") return false;
  try {
    for (const one of found) new X509Certificate(one);
    return true;
  } catch {
    return false;
  }
}
