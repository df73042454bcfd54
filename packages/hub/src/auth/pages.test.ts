import { expect, it } from "vitest";
import { htmlPage } from "./pages.ts";

it("shows as text whatever it is told", () => {
  const evil = `"><script>alert('&')</script>`;
  const html = htmlPage({ title: evil, lines: [evil], link: { text: evil, href: evil } });
  expect(html).not.toContain("<script");
  expect(html).not.toContain(`"">`);
  expect(html.match(/&lt;script&gt;alert\(&#39;&amp;&#39;\)/g)).toHaveLength(5);
});
