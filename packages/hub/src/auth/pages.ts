/** What a browser is told where there is no console to tell it. */
export interface Page {
  title: string;
  /** One line each. */
  lines: readonly string[];
  link?: { text: string; href: string };
}

/** For the header `content-security-policy`: nothing of such a page runs, loads or is framed. */
export const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const style = "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}";

/** A page of text. Whatever is in it is shown as text. Pure. */
export function htmlPage({ title, lines, link }: Page): string {
  const shown = lines.map((line) => `<p>${escaped(line)}</p>`).join("");
  const anchor = link ? `<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>` : "";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${style}</style></head><body><h1>${escaped(title)}</h1>${shown}${anchor}</body></html>
`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? "");
}
