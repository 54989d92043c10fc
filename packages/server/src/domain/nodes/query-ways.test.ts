import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../../../../../test/helpers/engines.ts';
import { Random } from '../../../../../test/helpers/random.ts';
import { SORTABLE } from '../../store/node-query/columns.ts';
import { compareBytes, matcher } from '../../store/node-query/evaluate.ts';
import type { NodeOrder, NodeQuery, Position } from '../../store/node-query/filter.ts';
import { countNodes, findNodes } from '../../store/node-query/find.ts';
import type { ReadSource } from '../../store/node-query/reading.ts';
import { beginReading } from '../../store/node-query/terms.ts';
import { columnsOf, documentOf } from './document.ts';
import type { NodeRecord } from './node.ts';
import { parseNodeFilter } from './node-filter.ts';
import { openFresh, randomConditions, randomNode, storeAll } from './query-fixture.ts';

const NODES = 300;
const QUERIES = 150;
const SEED = 20_261_124;

interface Known {
  id: string;
  seq: number;
  document: unknown;
  columns: Record<string, unknown>;
}

const COLUMN: Record<string, string> = {
  group: 'group_name',
  'data.kernel_revision.tree': 'tree',
  'data.kernel_revision.branch': 'branch',
  'data.kernel_revision.commit': 'commit_hash',
  'data.platform': 'platform',
  'data.runtime': 'runtime',
  'data.arch': 'arch',
};

/** Nothing comes before everything; numbers and texts in their order. */
function compareKeys(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareBytes(String(a), String(b));
}

function sorted(known: readonly Known[], { field, descending }: NodeOrder): Known[] {
  const key = (one: Known) => (field === null ? null : one.columns[COLUMN[field] ?? field]);
  const ascending = [...known].sort((a, b) => compareKeys(key(a), key(b)) || a.seq - b.seq);
  return descending ? ascending.reverse() : ascending;
}

forEachEngine('every way to find nodes finds the same', (engine) => {
  for (const [title, odd] of [
    ['values that columns hold', 0],
    ['values that columns do not hold', 0.3],
  ] as const) {
    const random = new Random(SEED);
    const known: Known[] = [];
    let source: ReadSource;

    before(async () => {
      const { db, reads } = await openFresh(engine);
      source = reads.source;
      const nodes: NodeRecord[] = Array.from({ length: NODES }, () => randomNode(random, odd));
      await storeAll(db, nodes);
      for (const [i, node] of nodes.entries()) {
        known.push({
          id: node.id,
          seq: i,
          document: JSON.parse(documentOf(node)),
          columns: { ...columnsOf(node) },
        });
      }
    });

    /** On terms that make each way worth while now and then. */
    const reading = () =>
      beginReading({
        source,
        probes: random.pick([[], [3, 30], [1000]]),
        stepRows: random.pick([5, 40, 1000]),
        sliceRows: null,
        plainMicros: random.pick([0, 1, 1000]),
        signal: new AbortController().signal,
        limitMs: 60_000,
        laneMicros: Number.POSITIVE_INFINITY,
      });

    const read = async (
      query: NodeQuery,
    ): Promise<{ ids: string[]; total: number | null; next: Position | null }> => {
      const found = await findNodes(reading(), query);
      const pieces: string[] = [];
      for await (const piece of found.text) pieces.push(piece);
      const list = JSON.parse(`[${pieces.join('')}]`) as Array<{ id: string }>;
      return { ids: list.map(({ id }) => id), total: found.total?.total ?? null, next: found.next };
    };

    /** All that is behind the position, a page after the other. */
    const pages = async (query: NodeQuery & { limit: number }): Promise<string[]> => {
      const page = await read(query);
      if (page.next === null) return page.ids;
      assert.equal(page.ids.length, query.limit);
      return [...page.ids, ...(await pages({ ...query, after: page.next }))];
    };

    test(`of ${title}`, async () => {
      for (let i = 0; i < QUERIES; i += 1) {
        const conditions = randomConditions(random);
        const { filter } = parseNodeFilter(conditions);
        const order = {
          field: random.chance(0.3) ? null : random.chance(0.5) ? 'created' : random.pick(SORTABLE),
          descending: random.chance(0.5),
        };
        const matches = matcher(filter);
        const expected = sorted(
          known.filter(({ document }) => matches(document)),
          order,
        ).map(({ id }) => id);
        const about = `query ${i}: ${JSON.stringify({ conditions, order })}`;
        const offset = random.chance(0.7) ? 0 : random.below(50);
        const limit = random.pick([1, 3, 50, null]);
        const query: NodeQuery = { filter, order, after: null, offset, limit, total: 'exact', fields: null };
        const answer = await read(query);
        assert.deepEqual(
          answer.ids,
          expected.slice(offset, limit === null ? undefined : offset + limit),
          about,
        );
        if (limit !== null) assert.equal(answer.total, expected.length, about);
        assert.equal(await countNodes(reading(), filter), expected.length, about);
        if (random.chance(0.1)) {
          assert.deepEqual(
            await pages({ ...query, offset: 0, limit: random.pick([2, 30]) }),
            expected,
            about,
          );
        }
      }
    });
  }
});
