import { Random } from '../dataset/random.ts';
import type { Sample } from '../load/sample.ts';
import { type Condition, FIELDS, type Field } from './fields.ts';

/** What one filter is measured with. */
export interface Shape {
  limit: number;
  sort: '' | '-created';
  total: 'exact' | 'none';
}

/** One or two fields, with conditions drawn from the data set. */
export interface Filter {
  group: 'one field' | 'kind and another' | 'two others';
  name: string;
  /** Whether the conditions are those that most nodes meet. */
  widest: boolean;
  conditions: Condition[];
}

export const SHAPES: readonly Shape[] = [1, 50].flatMap((limit) =>
  (['', '-created'] as const).flatMap((sort) =>
    (['exact', 'none'] as const).map((total) => ({ limit, sort, total })),
  ),
);

const DRAWS = 40;
const OTHER_PAIRS = 40;
const SEED = 7003;

const textOf = (condition: Condition): string => new URLSearchParams(condition).toString();

export function pathOf(condition: Condition, { limit, sort, total }: Shape): string {
  const parameters = new URLSearchParams(condition);
  parameters.set('limit', String(limit));
  if (sort !== '') parameters.set('sort', sort);
  // Clients of today ask for nothing and get an exact total.
  if (total !== 'exact') parameters.set('total', total);
  return `nodes?${parameters}`;
}

/** Conditions of nodes drawn at random, so that frequent values are drawn often; the widest one is left out. */
function draw(sample: Sample, fields: readonly Field[], random: Random): Condition[] {
  const widest = fields.map((field) => textOf(field.widest(sample) ?? []));
  const drawn: Condition[] = [];
  for (let tries = 0; tries < 50 * DRAWS && drawn.length < DRAWS; tries += 1) {
    const row = random.pick(sample.columns);
    const parts = fields.map((field) => field.of(row, random, sample));
    if (parts.some((part) => part === undefined)) continue;
    if (parts.every((part, i) => textOf(part ?? []) === widest[i])) continue;
    drawn.push(parts.flatMap((part) => part ?? []));
  }
  return drawn;
}

function filtersOf(
  sample: Sample,
  group: Filter['group'],
  fields: readonly Field[],
  random: Random,
): Filter[] {
  const name = fields.map((field) => field.name).join(' + ');
  const parts = fields.map((field) => field.widest(sample));
  const widest = parts.some((part) => part === undefined) ? [] : [parts.flatMap((part) => part ?? [])];
  const filters = [
    { group, name, widest: false, conditions: draw(sample, fields, random) },
    { group, name, widest: true, conditions: widest },
  ];
  return filters.filter(({ conditions }) => conditions.length > 0);
}

/** Every filter that has a target, and a sample of the pairs of other fields. */
export function filters(sample: Sample): Filter[] {
  const random = new Random(SEED, 6);
  const [kind, ...others] = FIELDS;
  if (kind === undefined) return [];
  const pairs = others.flatMap((a, i) => others.slice(i + 1).map((b) => [a, b] as const));
  const chosen = Array.from({ length: OTHER_PAIRS }, () => random.pick(pairs));
  return [
    ...FIELDS.flatMap((field) => filtersOf(sample, 'one field', [field], random)),
    ...others.flatMap((field) => filtersOf(sample, 'kind and another', [kind, field], random)),
    ...[...new Set(chosen)].flatMap((pair) => filtersOf(sample, 'two others', pair, random)),
  ];
}
