import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonLineDecoder } from "./json-lines.ts";

describe("A JSON line decoder", () => {
  it("gives the same documents wherever the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat()), (documents, cuts) => {
        // What JSON itself loses (-0) is not the decoder's business.
        const wanted = JSON.parse(JSON.stringify(documents)) as unknown[];
        const bytes = Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const decoder = new JsonLineDecoder();
        const decoded: unknown[] = [];
        let start = 0;
        for (const end of [...places, bytes.length]) {
          decoded.push(...decoder.push(bytes.subarray(start, end)));
          start = end;
        }
        expect(decoded).toEqual(wanted);
      }),
    );
  });

  it("keeps back a line without its end", () => {
    const decoder = new JsonLineDecoder();
    expect(decoder.push(Buffer.from('{"a":1}\n{"b":2}'))).toEqual([{ a: 1 }]);
    expect(decoder.push(Buffer.from("\n\n"))).toEqual([{ b: 2 }]);
  });

  it("refuses a line that is not JSON", () => {
    expect(() => new JsonLineDecoder().push(Buffer.from("<html>\n"))).toThrow(SyntaxError);
  });
});
