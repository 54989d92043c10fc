import path from 'node:path';
import { newId } from '@kernelci/model';
import { cleanUpAfterFile } from '../../../../../test/helpers/cleanup.ts';
import { createDatabase } from '../../../../../test/helpers/databases.ts';
import type { Engine } from '../../../../../test/helpers/engines.ts';
import type { Random } from '../../../../../test/helpers/random.ts';
import { makeTempFolder } from '../../../../../test/helpers/temp-folder.ts';
import type { Database } from '../../store/database.ts';
import { insertNodes } from '../../store/nodes.ts';
import { openDatabase } from '../../store/open.ts';
import { openReadConnection, type ReadConnection } from '../../store/readers/read-connection.ts';
import { columnsOf, documentOf } from './document.ts';
import type { NodeRecord } from './node.ts';

/** A database of its own, and a connection for reading from it. */
export async function openFresh(engine: Engine): Promise<{ db: Database; reads: ReadConnection }> {
  const location =
    engine === 'postgres'
      ? ({ engine, url: (await createDatabase()).url } as const)
      : ({ engine: 'sqlite', file: path.join(makeTempFolder('reads'), 'nodes.db') } as const);
  const db = await openDatabase(location, { onConnectionError: () => undefined });
  cleanUpAfterFile(() => db.close());
  const reads = await openReadConnection({ location, limitMs: 60_000, laneMicros: 0 });
  cleanUpAfterFile(() => reads.close());
  return { db, reads };
}

export async function storeAll(db: Database, nodes: readonly NodeRecord[]): Promise<void> {
  const rows = nodes.map((node) => ({ columns: columnsOf(node), doc: documentOf(node) }));
  await db.write((tx) => insertNodes(tx, rows));
}

const LONG = 'long '.repeat(100);
export const TEXTS = [
  'a',
  'b',
  'B',
  'ab',
  '',
  '6',
  '06',
  '6.5',
  'true',
  'null',
  'a,b',
  '50%_',
  "it's",
  'é',
  '😀',
  '\u0001odd',
  LONG,
];
const ODD: readonly unknown[] = [
  6,
  6.5,
  -1,
  true,
  false,
  null,
  [],
  ['a', 'b'],
  [['a']],
  [null],
  { a: 'b' },
  [{ a: 6 }, { b: 'a' }],
];
export const MOMENTS = [0, 1, 1000, 86_400_000, 1_780_000_000_000].map((ms) => 1_700_000_000_000 + ms);

const anything = (random: Random): unknown => (random.chance(0.5) ? random.pick(TEXTS) : random.pick(ODD));
const maybe = <T>(random: Random, value: T): T | null => (random.chance(0.4) ? null : value);

/** What a column is a copy of: mostly plain text, sometimes something that no column can hold. */
function revision(random: Random, odd: number): unknown {
  if (random.chance(odd)) return random.pick([[], [{ tree: 'a' }, { tree: 'b', branch: ['a'] }], 'a', null]);
  const field = () => (random.chance(odd) ? anything(random) : random.pick(TEXTS.slice(0, 4)));
  const made: Record<string, unknown> = {};
  for (const key of ['tree', 'branch', 'commit', 'url']) if (random.chance(0.7)) made[key] = field();
  return made;
}

/** A node of few different values, so that conditions find some. `odd` is how often a value is none of a column's. */
export function randomNode(random: Random, odd: number): NodeRecord {
  const text = () => random.pick(random.chance(odd) ? TEXTS : TEXTS.slice(0, 4));
  const field = () => (random.chance(odd) ? anything(random) : text());
  const time = () => random.pick(MOMENTS);
  const data: Record<string, unknown> = {
    x: anything(random),
    list: [anything(random), { x: anything(random) }],
  };
  if (random.chance(0.7)) data.kernel_revision = revision(random, odd);
  for (const key of ['platform', 'runtime', 'arch']) if (random.chance(0.6)) data[key] = field();
  return {
    id: newId(),
    kind: random.pick(['checkout', 'kbuild', 'job', 'test', 'test', 'process', 'regression']),
    name: text(),
    path: ['root', text(), text()],
    group: maybe(random, text()),
    parent: maybe(random, random.pick(['0'.repeat(24), 'f'.repeat(24)])),
    state: random.pick(['running', 'available', 'closing', 'done']),
    result: maybe(random, random.pick(['pass', 'fail', 'skip', 'incomplete'])),
    artifacts: maybe(random, { log: `https://example.org/${text()}` }),
    data,
    debug: maybe(random, { x: anything(random) }),
    jobfilter: maybe(random, [text(), text()]),
    platform_filter: [],
    created: time(),
    updated: time(),
    timeout: maybe(random, time()),
    holdoff: maybe(random, time()),
    owner: maybe(random, random.pick(['alice', 'bob'])),
    submitter: maybe(random, text()),
    treeid: maybe(random, text()),
    user_groups: random.chance(0.5) ? [text()] : [],
    processed_by_kcidb_bridge: random.chance(0.5),
    retry_counter: random.below(3),
  };
}

const FREE = ['name', 'group', 'owner', 'treeid', 'submitter', 'kind', 'state', 'result'];
const COPIES = ['tree', 'branch', 'commit'].map((key) => `data.kernel_revision.${key}`);
const MORE_COPIES = ['data.platform', 'data.runtime', 'data.arch'];
const DEEP = [
  'data.x',
  'data.list',
  'data.list.x',
  'data.list.0',
  'data.list.1.x',
  'data.x.a',
  'data.kernel_revision.url',
];
const LISTS = ['path', 'path.1', 'user_groups', 'jobfilter', 'debug.x', 'artifacts.log', 'artifacts'];
const TIMES = ['created', 'updated', 'timeout', 'holdoff'];
const FIELDS = [...FREE, ...COPIES, ...MORE_COPIES, ...DEEP, ...LISTS];
const PATTERNS = ['a', '^a$', 'b|é', '^.$', '[A-Z]', '%_', "'", 'long', '^$', 'o', '2023', '(?i)AB'];
const ORDERED = ['', '__ne', '__lt', '__lte', '__gt', '__gte', '__in', '__nin'];

function randomCondition(random: Random): [key: string, value: string] {
  if (random.chance(0.15)) {
    const text = new Date(random.pick(MOMENTS)).toISOString();
    const operator = random.pick(ORDERED);
    const isEqual = !/t/.test(operator) || /in/.test(operator);
    return [`${random.pick(TIMES)}${operator}`, isEqual && random.chance(0.2) ? 'null' : text];
  }
  if (random.chance(0.05)) return [`retry_counter${random.pick(ORDERED)}`, String(random.below(3))];
  if (random.chance(0.05))
    return [`processed_by_kcidb_bridge${random.pick(['', '__ne', '__in'])}`, random.pick(['True', 'false'])];
  if (random.chance(0.05)) return [`parent${random.pick(ORDERED)}`, '0'.repeat(24)];
  if (random.chance(0.03)) return [`parent${random.pick(['', '__ne'])}`, 'null'];
  const field = random.pick(FIELDS);
  if (random.chance(0.15)) return [`${field}__re`, random.pick(PATTERNS)];
  if (random.chance(0.05)) return [`${field}__int`, '6'];
  const words = [...TEXTS, 'False', 'TRUE', '-1', 'done', 'test', 'job', 'pass', 'alice', 'zz'];
  const word = () => (random.chance(0.15) ? 'null' : random.pick(words));
  return random.chance(0.2)
    ? [`${field}${random.pick(['__in', '__nin'])}`, [word(), word(), word()].join(',')]
    : [`${field}${random.pick(ORDERED)}`, word()];
}

export function randomConditions(random: Random): Record<string, string> {
  return Object.fromEntries(Array.from({ length: random.below(4) }, () => randomCondition(random)));
}
