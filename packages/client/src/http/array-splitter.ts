const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Cuts the text of a JSON array into the texts of its items, however it arrives. Items are not looked into. */
export class ArraySplitter {
  /** The array has come to its end. */
  ended = false;
  /** What came is no array, or goes on behind its end. */
  broken = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The pieces of the item that has begun. */
  #pieces: string[] = [];
  #count = 0;

  /** @returns the items that are complete by now */
  push(text: string): string[] {
    const items: string[] = [];
    let start = 0;
    for (let at = 0; at < text.length && !this.broken; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) this.#readInString(code);
      else if (code === QUOTE) this.#inString = true;
      else if (code === COMMA && this.#depth === 1) {
        items.push(this.#item(text.slice(start, at)));
        start = at + 1;
      } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        if (this.#depth === 0) {
          this.broken = this.ended || code !== OPEN_LIST || text.slice(start, at).trim() !== '';
          start = at + 1;
        }
        this.#depth += 1;
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          const last = this.#item(text.slice(start, at));
          if (this.#count > 1 || last.trim() !== '') items.push(last);
          this.ended = true;
          start = at + 1;
        }
      }
    }
    const rest = text.slice(start);
    if (this.#depth > 0) this.#pieces.push(rest);
    else if (rest.trim() !== '') this.broken = true;
    return items;
  }

  #readInString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  #item(end: string): string {
    this.#pieces.push(end);
    const item = this.#pieces.join('');
    this.#pieces = [];
    this.#count += 1;
    return item;
  }
}
