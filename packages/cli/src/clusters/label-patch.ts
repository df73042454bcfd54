import { AppError } from "@inkube/api";

/**
 * The merge patch of labels that `KEY=VALUE` and `KEY-` mean; undefined for none. Throws AppError USAGE for any other text; what a
 * label may be the API server says.
 */
export function labelPatch(texts: readonly string[]): Record<string, string | null> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (key !== undefined) return [key, value ?? ""];
      if (/^[^=]+-$/.test(text)) return [text.slice(0, -1), null];
      throw new AppError("USAGE", `--label ${text} cannot be understood`, {
        todo: "Write KEY=VALUE, or KEY- to remove one.",
      });
    }),
  );
}
