/** Cookie of a session in a browser. */
export const sessionCookie = "inkube-session";

/**
 * Beginning of the names of the cookies that hold a sign-in on its way. A browser takes `__Host-` only from the host itself: a
 * neighbour under the same domain, as a nested cluster's endpoint may be, cannot plant a sign-in of its own.
 */
export const signInCookiePrefix = "__Host-inkube-sign-in-";

/** Cookies by name, as they were set; of those that come twice the first counts. Never throws. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const [name = "", ...value] = pair.split("=");
    if (value.length > 0 && !cookies.has(name.trim())) cookies.set(name.trim(), value.join("=").trim());
  }
  return cookies;
}

/**
 * A `Set-Cookie` for what no script may see and no other site may send along with a change. Throws on a value that a cookie cannot
 * hold: tokens and sealed boxes never are such.
 */
export function setCookie(name: string, value: string, seconds: number): string {
  if (!/^[A-Za-z0-9_.-]*$/.test(name + value)) throw new TypeError("A cookie cannot hold this");
  return `${name}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

/** A `Set-Cookie` that makes the browser forget one. */
export function clearCookie(name: string): string {
  return setCookie(name, "", 0);
}
