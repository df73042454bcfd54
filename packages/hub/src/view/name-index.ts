/** Names in the order of a list, searched for a part as one text: thousands of strings apart cost a look at memory each. */
export class NameIndex {
  readonly #text: string;
  /** Where each name begins in the text. */
  readonly #starts: Uint32Array;

  constructor(names: readonly string[]) {
    this.#text = names.join("\n");
    this.#starts = new Uint32Array(names.length);
    let at = 0;
    for (const [index, name] of names.entries()) {
      this.#starts[index] = at;
      at += name.length + 1;
    }
  }

  /** Places of the names that contain the part, ascending. No name has a line end in it, and so no part that has one is found. */
  find(part: string): number[] {
    const found: number[] = [];
    if (part.includes("\n")) return found;
    for (let at = 0; at <= this.#text.length; ) {
      const hit = this.#text.indexOf(part, at);
      if (hit < 0) break;
      const index = this.#indexAt(hit);
      if (index < 0) break;
      found.push(index);
      at = this.#starts[index + 1] ?? this.#text.length + 1;
    }
    return found;
  }

  /** The last name that begins there or before. */
  #indexAt(position: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
