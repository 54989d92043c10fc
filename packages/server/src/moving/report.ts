const EXAMPLES = 3;

/** Why documents were left out: how many, and some of them. */
interface Reason {
  count: number;
  examples: string[];
}

/** What became of the documents of one collection. */
export class Tally {
  taken = 0;
  there = 0;
  readonly reasons = new Map<string, Reason>();

  leaveOut(reason: string, example: string): void {
    const known = this.reasons.get(reason) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < EXAMPLES) known.examples.push(example);
    this.reasons.set(reason, known);
  }

  get leftOut(): number {
    return [...this.reasons.values()].reduce((sum, { count }) => sum + count, 0);
  }
}

/** What became of everything, by collection, in the order in which they were read. */
export class Report {
  readonly tallies = new Map<string, Tally>();

  of(collection: string): Tally {
    const tally = this.tallies.get(collection) ?? new Tally();
    this.tallies.set(collection, tally);
    return tally;
  }

  get complete(): boolean {
    return [...this.tallies.values()].every((tally) => tally.reasons.size === 0);
  }

  /** For people, one line for each collection and each reason. */
  text(): string {
    const row = (name: string, ...cells: Array<string | number>) =>
      name.padEnd(14) + cells.map((cell) => String(cell).padStart(14)).join('');
    const lines = [row('', 'taken', 'already there', 'left out')];
    for (const [name, tally] of this.tallies) lines.push(row(name, tally.taken, tally.there, tally.leftOut));
    if (!this.complete) lines.push('', 'Left out:');
    for (const [name, { reasons }] of this.tallies) {
      for (const [reason, { count, examples }] of reasons) {
        const more = count > examples.length ? ', …' : '';
        lines.push(`  ${name}: ${count} × ${reason} (${examples.join(', ')}${more})`);
      }
    }
    return `${lines.join('\n')}\n`;
  }
}
