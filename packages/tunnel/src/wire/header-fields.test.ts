import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TunnelMessageError } from "../tunnel-errors.ts";
import { fromWire, rawValue, toWire } from "./header-fields.ts";

describe("headers to send", () => {
  it("have names in lower case and keep several values apart", () => {
    expect(toWire({ "Impersonate-Group": ["a", "b, c"], "X-One": " 1 ", none: undefined })).toEqual({
      "impersonate-group": ["a", "b, c"],
      "x-one": "1",
    });
  });

  it("join the values of a name that is spelt in two ways", () => {
    expect(toWire({ "X-A": "1", "x-a": "2" })).toEqual({ "x-a": ["1", "2"] });
  });

  it.each(["Connection", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade", "Host", "Proxy-Authorization", "Trailer"])(
    "do not hold %s, which belongs to one connection",
    (name) => {
      expect(toWire({ [name]: "x" })).toEqual({});
    },
  );

  it("keep what a caller names in Connection, lest it removes the hub's own", () => {
    expect(toWire({ connection: "impersonate-user", "impersonate-user": "ann" })).toEqual({
      "impersonate-user": "ann",
    });
  });

  it("keep the headers of a WebSocket handshake", () => {
    const headers = { "sec-websocket-key": "a", "sec-websocket-protocol": "v5.channel.k8s.io" };
    expect(toWire(headers)).toEqual(headers);
  });

  it.each([
    ["a line break in a value", { a: "b\r\nc: d" }],
    ["a bare line feed", { a: "b\nc" }],
    ["a NUL", { a: "b\0" }],
    ["a line break in a name", { "a\r\nb": "c" }],
    ["a colon in a name", { "a:b": "c" }],
    ["a pseudo header", { ":path": "/other" }],
    ["an empty name", { "": "c" }],
    ["a character outside Latin-1", { a: "\u0121" }],
    ["too many headers", Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`h${i}`, "v"]))],
    ["too many values", { a: Array.from({ length: 300 }, () => "v") }],
    ["too many bytes", { a: "v".repeat(70_000) }],
  ])("are refused with %s", (_why, headers) => {
    expect(() => toWire(headers)).toThrow(TunnelMessageError);
  });

  it("never show a value in an error", () => {
    expect(() => toWire({ authorization: "Bearer secret\n" })).not.toThrow(/secret/);
  });

  it("come out as they went in, whatever is allowed", () => {
    const name = fc.stringMatching(/^x-[a-z0-9_.]{1,20}$/);
    const value = fc.stringMatching(/^[!-~\x80-\xff](?:[ -~\t]{0,40}[!-~])?$/);
    void fc.assert(
      fc.property(fc.dictionary(name, fc.array(value, { minLength: 2, maxLength: 3 }), { maxKeys: 8 }), (headers) => {
        const raw = Object.entries(toWire(headers)).flatMap(([key, values]) =>
          [values].flat().flatMap((v) => [key, v]),
        );
        expect(fromWire(raw)).toEqual(headers);
      }),
    );
  });
});

describe("received headers", () => {
  it("are without pseudo headers and those of one connection", () => {
    expect(fromWire([":status", "200", "connection", "x", "inkube-upgrade-method", "POST", "a", "1"])).toEqual({
      a: "1",
    });
  });

  it("put the crumbs of a cookie together", () => {
    expect(fromWire(["cookie", "a=1", "cookie", "b=2"])).toEqual({ cookie: "a=1; b=2" });
  });

  it("cannot change the prototype of what holds them", () => {
    const headers = fromWire(["__proto__", "x"]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });

  it("give the first value of a name", () => {
    expect(rawValue([":path", "/a", ":path", "/b"], ":path")).toBe("/a");
    expect(rawValue([], ":path")).toBeUndefined();
  });
});
