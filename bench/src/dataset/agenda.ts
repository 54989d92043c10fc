interface Entry<T> {
  at: number;
  order: number;
  item: T;
}

const before = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What is to happen, given back in the order of time (a binary heap); at the same time, in the order of entry. */
export class Agenda<T> {
  readonly #heap: Array<Entry<T>> = [];
  #entries = 0;

  add(at: number, item: T): void {
    const entry = { at, order: this.#entries, item };
    this.#entries += 1;
    let index = this.#heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = this.#heap[above] as Entry<T>;
      if (!before(entry, other)) break;
      this.#heap[index] = other;
      index = above;
    }
    this.#heap[index] = entry;
  }

  next(): T | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first?.item;
    this.#sink(last);
    return first.item;
  }

  #sink(entry: Entry<T>): void {
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const right = this.#heap[below + 1];
      if (right !== undefined && before(right, this.#heap[below] as Entry<T>)) below += 1;
      const other = this.#heap[below];
      if (other === undefined || !before(other, entry)) break;
      this.#heap[index] = other;
      index = below;
    }
    this.#heap[index] = entry;
  }
}
