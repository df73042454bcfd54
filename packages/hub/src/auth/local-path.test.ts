import { expect, it } from "vitest";
import { localPath } from "./local-path.ts";

it.each([
  ["/", "/"],
  ["/clusters?project=a&x=https%3A%2F%2Fevil.example#top", "/clusters?project=a&x=https%3A%2F%2Fevil.example#top"],
  ["/a/../b", "/b"],
])("comes back to %s", (given, path) => {
  expect(localPath(given)).toBe(path);
});

it.each([
  [undefined],
  [""],
  ["https://evil.example/"],
  ["//evil.example/"],
  ["///evil.example"],
  ["/\\evil.example"],
  ["\\/evil.example"],
  ["/\t/evil.example"],
  ["/\n/evil.example"],
  ["\t//evil.example"],
  [" //evil.example"],
  ["/a/..//evil.example"],
  ["/.//evil.example"],
  ["/%2e//evil.example"],
  ["javascript:alert(1)"],
  ["@evil.example"],
  ["/\r\nset-cookie: a=b"],
  ["/ünï"],
  ["/auth/login"],
  ["/auth/../auth/login"],
  [`/${"a".repeat(3_000)}`],
])("leads nowhere else with %j", (given) => {
  expect(localPath(given)).toBe("/");
});
