import { describe, expect, it } from "vitest";
import { refuseForged } from "./same-origin.ts";

interface Case {
  method?: string;
  route?: string;
  headers?: Record<string, string>;
}

function verdict({ method, route, headers = {} }: Case): "taken" | "refused" {
  try {
    const place = route === undefined ? {} : { routeOptions: { url: route } as never };
    refuseForged({
      ...(method !== undefined && { method }),
      ...place,
      headers: { host: "hub.example.com", ...headers },
    });
    return "taken";
  } catch (error) {
    expect(error).toMatchObject({ code: "KUBE_FORBIDDEN" });
    return "refused";
  }
}

describe("a request with a cookie", () => {
  const own = { origin: "https://hub.example.com" };
  it.each<[string, Case]>([
    ["only reads", { method: "GET", route: "/api/v1/clusters" }],
    ["only asks for headers", { method: "HEAD", route: "/kubernetes/*" }],
    ["changes something with the header", { method: "POST", route: "/api/v1/keys", headers: { "x-inkube-csrf": "1" } }],
    ["changes something from the hub's own page", { method: "DELETE", route: "/api/v1/keys/:id", headers: own }],
    [
      "reads inside a nested cluster with the header",
      { method: "GET", route: "/clusters/*", headers: { "x-inkube-csrf": "1" } },
    ],
    ["switches protocols from the hub's own page", { headers: own }],
    ["comes by the standard port", { method: "PUT", route: "/x", headers: { origin: "https://hub.example.com:443" } }],
  ])("is taken when it %s", (_, one) => {
    expect(verdict(one)).toBe("taken");
  });

  it.each<[string, Case]>([
    ["changes something and says nothing", { method: "POST", route: "/api/v1/keys" }],
    ["comes from another site", { method: "POST", route: "/x", headers: { origin: "https://evil.example.com" } }],
    ["comes from a neighbour", { method: "POST", route: "/x", headers: { origin: "https://a.hub.example.com" } }],
    ["comes from another port", { method: "POST", route: "/x", headers: { origin: "https://hub.example.com:8443" } }],
    ["comes from a hidden origin", { method: "POST", route: "/x", headers: { origin: "null" } }],
    ["opens a page of a pod", { method: "GET", route: "/clusters/*" }],
    ["comes to no route that is known", { method: "GET" }],
    ["switches protocols and says nothing", {}],
    ["switches protocols from another site", { headers: { origin: "https://evil.example.com" } }],
    ["has an empty host", { method: "POST", route: "/x", headers: { host: "", origin: "https://evil.example.com" } }],
  ])("is refused when it %s", (_, one) => {
    expect(verdict(one)).toBe("refused");
  });
});
