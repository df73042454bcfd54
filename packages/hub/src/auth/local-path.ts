const here = "https://hub.invalid";

/**
 * Where a browser goes after sign-in: a path of the hub itself, `/` for anything that could lead elsewhere. Pure.
 */
export function localPath(text: string | undefined): string {
  // Browsers read a backslash as a slash, and leave out tabs and line ends wherever they are.
  if (text === undefined || text.length > 2_000 || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(text)) return "/";
  const url = URL.parse(text, here);
  if (url?.origin !== here || url.pathname.startsWith("//")) return "/";
  // Signing in again and again is nowhere to return to.
  return url.pathname.startsWith("/auth/") ? "/" : url.pathname + url.search + url.hash;
}
