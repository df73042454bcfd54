/**
 * Text from an API server, safe to print: control and format characters, which could move the cursor or hide and
 * reorder text on a terminal, become visible escapes. Line breaks become spaces, tabs stay.
 */
export function printable(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, (char) => (char === "\t" ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`));
}
