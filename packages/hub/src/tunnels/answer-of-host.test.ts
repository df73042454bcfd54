import { expect, it } from "vitest";
import { passedBack } from "./answer-of-host.ts";

it("passes on what Kubernetes says, and nothing that speaks for the hub", () => {
  const kept = {
    "content-type": "application/json",
    "content-length": "2",
    "audit-id": "x",
    "retry-after": "1",
    warning: ['299 - "a"', '299 - "b"'],
    location: "/clusters/a/b/",
  };
  const lies = {
    ":status": "200",
    connection: "close",
    "transfer-encoding": "chunked",
    "set-cookie": ["inkube-session=theirs; Path=/", "a=b"],
    "access-control-allow-origin": "*",
    "access-control-allow-credentials": "true",
    "clear-site-data": '"*"',
    "content-security-policy": "default-src *",
    "cache-control": "public, max-age=31536000",
    "strict-transport-security": "max-age=0",
    "service-worker-allowed": "/",
    "x-content-type-options": "",
    "x-frame-options": "ALLOWALL",
    refresh: "0; url=https://example.com",
  };
  expect(passedBack({ ...kept, ...lies })).toEqual(kept);
});
