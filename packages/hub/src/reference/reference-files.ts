import { apiPage } from "./api-page.ts";
import { openApiDocument } from "./openapi-document.ts";

/** File name → content of what is generated under docs/reference from the hub's routes. */
export async function referenceFiles(): Promise<Map<string, string>> {
  const document = await openApiDocument();
  return new Map([
    ["openapi.json", `${JSON.stringify(document, null, 2)}\n`],
    ["api.md", apiPage(document)],
  ]);
}
