import type { Counts, Group, Tally } from './tally.ts';

const LABELS: Record<Group, string> = {
  sqlite: 'on SQLite',
  postgres: 'on PostgreSQL',
  running: 'against the running server',
  independent: 'independent of the engine',
};

/** The end of the run in words and numbers; its last line is `N passed, N failed`. */
export function summarize(tally: Tally, notes: string[]): { text: string; ok: boolean } {
  const complaints = [...notes, ...tally.complaints()];
  const groups = Object.entries(tally.counts) as [Group, Counts][];
  const total = (what: keyof Counts) => groups.reduce((sum, [, counts]) => sum + counts[what], 0);
  const failed = total('failed') + complaints.length;
  const lines = [
    ...complaints.map((complaint) => `✖ ${complaint}`),
    ...groups.filter(([group, counts]) => group !== 'running' || sum(counts) > 0).map(describeGroup),
    `${total('passed')} passed, ${failed} failed`,
  ];
  return { text: `\n${lines.join('\n')}\n`, ok: failed === 0 && total('passed') > 0 };
}

function describeGroup([group, counts]: [Group, Counts]): string {
  const { passed, failed, skipped } = counts;
  return `${String(sum(counts)).padStart(5)} tests ${LABELS[group]}: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function sum({ passed, failed, skipped }: Counts): number {
  return passed + failed + skipped;
}
