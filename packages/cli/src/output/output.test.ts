import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createColors } from "./colors.ts";
import { ageOf, formatDuration, parseDuration } from "./duration.ts";
import { linesOf } from "./lines.ts";
import { printable } from "./printable.ts";
import { structured } from "./structured.ts";
import { table } from "./table.ts";
import { tree } from "./tree.ts";

describe("table", () => {
  it("lines up columns and leaves no space at the end of a line", () => {
    const rows = [
      ["demo", "Ready"],
      ["a-longer-name", ""],
    ];
    expect(table(["NAME", "PHASE"], rows)).toBe("NAME            PHASE\ndemo            Ready\na-longer-name\n");
  });

  it("gives colours no width", () => {
    const { green } = createColors(true);
    expect(table(["A", "B"], [[green("ok"), "x"]])).toBe(`A    B\n${green("ok")}   x\n`);
  });
});

describe("tree", () => {
  it("draws branches", () => {
    const root = {
      text: "root",
      children: [
        { text: "a", children: [{ text: "a1" }] },
        { text: "b", children: [{ text: "b1" }] },
      ],
    };
    expect(tree(root)).toBe("root\n├─ a\n│  └─ a1\n└─ b\n   └─ b1\n");
  });
});

describe("durations", () => {
  const shown: [number, string][] = [
    [-5, "0s"],
    [119_999, "119s"],
    [120_000, "2m"],
    [200_000, "3m20s"],
    [20 * 60_000, "20m"],
    [3 * 3_600_000, "3h"],
    [5 * 3_600_000 + 12 * 60_000, "5h12m"],
    [47 * 3_600_000, "47h"],
    [12 * 86_400_000, "12d"],
  ];
  it.each(shown)("%i ms are shown as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  const read: [string, number][] = [
    ["90", 90_000],
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
  ];
  it.each(read)("%s is read", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "soon", "5 m", "-1s", "1.5h"])("%j is refused", (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  it("an absent time has no age", () => {
    expect(ageOf(undefined, 0)).toBe("-");
    expect(ageOf("2026-01-01T00:00:00Z", Date.UTC(2026, 0, 1, 0, 0, 42))).toBe("42s");
  });
});

describe("linesOf", () => {
  it("gives the same lines however the bytes arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\n"))),
        fc.integer({ min: 1, max: 7 }),
        async (lines, step) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
          async function* chunks() {
            for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
          }
          expect(await Array.fromAsync(linesOf(chunks()))).toEqual(lines);
        },
      ),
    );
  });

  it("counts a last line without an end", async () => {
    async function* chunks() {
      yield Buffer.from("a\nb");
    }
    expect(await Array.fromAsync(linesOf(chunks()))).toEqual(["a", "b"]);
  });
});

describe("printable", () => {
  it("leaves no control character but the tab", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x2100 })), (codes) => {
        const text = String.fromCodePoint(...codes);
        expect(printable(text)).not.toMatch(/[^\P{Cc}\t]|\p{Cf}/u);
      }),
    );
  });
});

describe("structured", () => {
  it("writes words that YAML 1.1 would misread in quotes", async () => {
    expect(await structured({ a: "on", b: "1_000" }, "yaml")).toBe('a: "on"\nb: "1_000"\n');
    expect(await structured({ a: 1 }, "json")).toBe('{\n  "a": 1\n}\n');
    expect(await structured({ a: 1 }, "wide")).toBeUndefined();
  });
});
