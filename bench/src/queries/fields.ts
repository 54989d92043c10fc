import type { NodeColumns } from '../../../packages/server/src/domain/nodes/document.ts';
import type { Random } from '../dataset/random.ts';
import type { Sample } from '../load/sample.ts';

type Row = NodeColumns;

/** A condition of a query: parameters as they are sent. */
export type Condition = Array<[key: string, value: string]>;

/** A field that queries filter by. */
export interface Field {
  name: string;
  /** The condition that the node itself meets; undefined when it has nothing there. */
  of(row: Row, random: Random, sample: Sample): Condition | undefined;
  /** The condition that more nodes meet than any other of the field. */
  widest(sample: Sample): Condition | undefined;
}

const DAY = 24 * 60 * 60 * 1000;

const COLUMNS: ReadonlyArray<readonly [parameter: string, column: keyof Row]> = [
  ['kind', 'kind'],
  ['state', 'state'],
  ['result', 'result'],
  ['name', 'name'],
  ['group', 'group_name'],
  ['parent', 'parent'],
  ['owner', 'owner'],
  ['treeid', 'treeid'],
  ['data.kernel_revision.tree', 'tree'],
  ['data.kernel_revision.branch', 'branch'],
  ['data.kernel_revision.commit', 'commit_hash'],
  ['data.platform', 'platform'],
  ['data.runtime', 'runtime'],
  ['data.arch', 'arch'],
];

const modes = new WeakMap<Sample, Map<keyof Row, string | undefined>>();

/** The column's most frequent text. */
function modeOf(sample: Sample, column: keyof Row): string | undefined {
  const known = modes.get(sample) ?? new Map<keyof Row, string | undefined>();
  modes.set(sample, known);
  if (known.has(column)) return known.get(column);
  const counts = new Map<string, number>();
  for (const row of sample.columns) {
    const value = row[column];
    if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  known.set(column, most?.[0]);
  return most?.[0];
}

function columnField([parameter, column]: readonly [string, keyof Row]): Field {
  return {
    name: parameter,
    of: (row) => {
      const value = row[column];
      return typeof value === 'string' ? [[parameter, value]] : undefined;
    },
    widest: (sample) => {
      const value = modeOf(sample, column);
      return value === undefined ? undefined : [[parameter, value]];
    },
  };
}

/** As the pages and the services send it. */
const timeText = (time: number): string => new Date(time).toISOString().slice(0, 19);

const created: Field = {
  name: 'created',
  of: (row, random) => [
    ['created__gt', timeText(row.created - random.below(DAY))],
    ['created__lt', timeText(row.created + random.below(DAY))],
  ],
  widest: (sample) => [['created__gt', timeText(sample.from)]],
};

/** All fields that must be fast by themselves and together with the kind. */
export const FIELDS: readonly Field[] = [...COLUMNS.map(columnField), created];
