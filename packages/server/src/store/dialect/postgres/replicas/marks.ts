/** More of them are thinned out; the latest of them all stay. */
const MOST = 512;
const LATEST = 64;

/** All that was committed before the moment, of `performance.now()`, is in the primary's log up to the position. */
interface Mark {
  lsn: number;
  at: number;
}

/** Where the end of the primary's log was when: tells of a position how old the data is that ends there. */
export class Marks {
  #marks: Mark[] = [];

  /** Later marks come later. */
  add(mark: Mark): void {
    const last = this.#marks.at(-1);
    // Only the log of another server ends before the end: one that was a replica and was behind.
    if (last !== undefined && mark.lsn < last.lsn) this.#marks = [];
    if (last !== undefined && mark.lsn === last.lsn) this.#marks.pop();
    this.#marks.push(mark);
    if (this.#marks.length <= MOST) return;
    this.#marks = this.#marks.filter((_, i) => i % 2 === 0 || i >= MOST - LATEST);
  }

  /** As of when the data is that ends at the position; minus infinity: older than what is known. */
  asOf(lsn: number): number {
    return this.#marks.findLast((mark) => mark.lsn <= lsn)?.at ?? Number.NEGATIVE_INFINITY;
  }
}
