import { describe, expect, it } from "vitest";
import { parseRoute } from "./route.ts";

describe("a request to the kubelet", () => {
  it("for logs keeps what the host's API knows and drops the rest", () => {
    const target = "/containerLogs/default/web/app?follow=true&tailLines=5&sinceTime=2026-01-01T00%3A00%3A00Z&pretty=1";
    expect(parseRoute("GET", target)).toEqual({
      kind: "logs",
      ref: { namespace: "default", pod: "web" },
      query: "container=app&follow=true&tailLines=5&sinceTime=2026-01-01T00%3A00%3A00Z",
    });
  });

  it("for exec is put in the API's words, the command's words in order", () => {
    const target = "/exec/default/web/app?command=sh&command=-c&command=a+b%26c&input=1&output=1&error=0&tty=false";
    expect(parseRoute("POST", target)).toEqual({
      kind: "stream",
      stream: "exec",
      ref: { namespace: "default", pod: "web" },
      query: "container=app&stdin=true&stdout=true&command=sh&command=-c&command=a+b%26c",
    });
  });

  it("may name the pod's uid", () => {
    expect(parseRoute("GET", "/attach/default/web/some-uid/app?tty=1")).toMatchObject({
      stream: "attach",
      ref: { uid: "some-uid" },
      query: "container=app&tty=true",
    });
    expect(parseRoute("POST", "/portForward/default/web/some-uid?port=80&port=81")).toMatchObject({
      stream: "portforward",
      ref: { uid: "some-uid" },
      query: "ports=80&ports=81",
    });
  });

  it.each([
    ["GET", "/run/default/web/app"],
    ["POST", "/run/default/web/app?cmd=id"],
    ["GET", "/configz"],
    ["GET", "/debug/pprof/heap"],
    ["GET", "/logs/"],
    ["GET", "/metrics"],
    ["POST", "/pods"],
    ["DELETE", "/containerLogs/default/web/app"],
    ["GET", "/containerLogs/default/web"],
    ["GET", "/containerLogs/default/web/app/more"],
    ["GET", "/containerLogs/default/..%2F..%2Fsecrets/app"],
    ["GET", "/exec/default%2Fpods/web/app"],
    ["GET", "/exec/default/web/%zz"],
    ["PUT", "/exec/default/web/app"],
  ])("is not served: %s %s", (method, target) => {
    expect(parseRoute(method, target)).toBeUndefined();
  });

  it("finds the plain pages with and without a closing slash", () => {
    expect(parseRoute("GET", "/runningpods/")).toEqual({ kind: "pods", runningOnly: true });
    expect(parseRoute("GET", "/stats/summary?only_cpu_and_memory=true")).toEqual({ kind: "summary" });
  });
});
