import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { newId, toApiTime } from '@kernelci/model';
import { forEachEngine } from '../../../../../test/helpers/engines.ts';
import type { Database } from '../../store/database.ts';
import { eventsAfter, lastSeq } from '../../store/events.ts';
import { nextDue } from '../../store/lifecycle.ts';
import { findNode } from '../../store/nodes.ts';
import { recordOf } from '../nodes/document.ts';
import type { NodeRecord } from '../nodes/node.ts';
import { checkoutBody, NOW } from '../nodes/node-fixture.ts';
import { newNode } from '../nodes/normalise.ts';
import { openFresh, storeAll } from '../nodes/query-fixture.ts';
import { advance, BATCH, CLOSING, HOLDOFF, TIMEOUT, type TimeRule } from './advance.ts';

forEachEngine('what time changes of nodes', (engine) => {
  let db: Database;
  let now = NOW;
  const clock = () => now;

  before(async () => {
    ({ db } = await openFresh(engine));
  });

  const node = (extra: Partial<NodeRecord>): NodeRecord => ({
    ...newNode(checkoutBody(), { id: newId(now), owner: 'ada', now }),
    timeout: null,
    ...extra,
  });
  const stored = async (id: string) => {
    const found = await findNode(db.reader, id);
    assert.ok(found);
    return { ...recordOf(found.doc), revision: found.revision };
  };
  const stateOf = async ({ id }: NodeRecord) => (await stored(id)).state;
  const columnsIn = async (id: string) =>
    db.reader.sql
      .selectFrom('nodes')
      .select(['state', 'result', 'updated', 'processed'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  /** All that is due, whatever the rule: answers how many changes it took. */
  const settle = async (...rules: TimeRule[]) => {
    let changed = 0;
    for (const rule of rules) changed += await advance({ db, clock }, rule);
    return changed;
  };

  test('a timeout comes at its millisecond, once, and changes the node as any change does', async () => {
    const due = node({ timeout: now + 1000, processed_by_kcidb_bridge: true, data: { x: 1 } });
    await storeAll(db, [due]);
    now += 999;
    assert.equal(await settle(TIMEOUT), 0);
    assert.equal(await nextDue(db.reader), now + 1);
    now += 1;
    const begin = await lastSeq(db.reader);
    assert.equal(await settle(TIMEOUT), 1);
    const changed = await stored(due.id);
    assert.deepEqual(changed, {
      ...due,
      state: 'done',
      result: 'incomplete',
      data: { x: 1, error_code: 'node_timeout', error_msg: 'Node timed-out' },
      updated: now,
      processed_by_kcidb_bridge: false,
      revision: 2,
    });
    assert.deepEqual(
      { ...(await columnsIn(due.id)) },
      { state: 'done', result: 'incomplete', updated: now, processed: 0 },
    );
    const [event, ...more] = await eventsAfter(db.reader, begin, 10);
    assert.deepEqual(more, []);
    assert.ok(event);
    assert.deepEqual([event.channel, event.owner, event.node_id, event.listed], ['node', 'ada', due.id, 1]);
    const { op, id, state, result, previous_state, previous_result, is_hierarchy } = JSON.parse(event.data);
    assert.deepEqual(
      { op, id, state, result, previous_state, previous_result, is_hierarchy },
      {
        op: 'updated',
        id: due.id,
        state: 'done',
        result: 'incomplete',
        previous_state: 'running',
        previous_result: null,
        is_hierarchy: false,
      },
    );
    now += 1000;
    assert.equal(await settle(TIMEOUT, HOLDOFF, CLOSING), 0);
    assert.equal((await stored(due.id)).revision, 2);
    assert.equal(await nextDue(db.reader), null);
  });

  test('every state but done times out; a result that is there stays, without a word about it', async () => {
    const timeout = now;
    const open = (['running', 'available', 'closing'] as const).map((state) => node({ state, timeout }));
    const judged = node({ timeout, result: 'pass', data: { y: 2 } });
    const done = node({ state: 'done', timeout });
    await storeAll(db, [...open, judged, done]);
    assert.equal(await settle(TIMEOUT), 4);
    for (const { id } of open) {
      const { state, result, data } = await stored(id);
      assert.deepEqual([state, result, data.error_code], ['done', 'incomplete', 'node_timeout']);
    }
    const { state, result, data } = await stored(judged.id);
    assert.deepEqual([state, result, data], ['done', 'pass', { y: 2 }]);
    assert.deepEqual(await stored(done.id), { ...done, revision: 1 });
  });

  test('when its holdoff passes, an available node closes if anything below is open, and is done if not', async () => {
    const held = (holdoff: number | null, state: NodeRecord['state'] = 'available') =>
      node({ state, holdoff });
    const moment = now + 500;
    const [empty, deep, finished] = [held(moment), held(moment), held(moment)];
    const [running, never] = [held(moment, 'running'), held(null)];
    const child = node({ parent: deep.id, state: 'done' });
    const grandchild = node({ parent: child.id, state: 'done', result: 'pass' });
    const last = node({ parent: grandchild.id });
    const doneChild = node({ parent: finished.id, state: 'done', result: 'fail' });
    await storeAll(db, [empty, deep, finished, running, never, child, grandchild, last, doneChild]);
    now = moment - 1;
    assert.equal(await settle(HOLDOFF), 0);
    assert.equal(await nextDue(db.reader), moment);
    now = moment;
    assert.equal(await settle(HOLDOFF), 3);
    const { state, result, data, updated } = await stored(empty.id);
    assert.deepEqual([state, result, data, updated], ['done', null, empty.data, now]);
    assert.equal(await stateOf(deep), 'closing');
    assert.equal(await stateOf(finished), 'done');
    assert.equal(await stateOf(running), 'running');
    assert.equal(await stateOf(never), 'available');
    // What is open below now ends: the closing node follows, and nothing else does.
    assert.equal(await settle(CLOSING), 0);
    await db.write(async (tx) => {
      await tx.sql.updateTable('nodes').set({ state: 'done' }).where('id', '=', last.id).execute();
    });
    assert.equal(await settle(CLOSING), 1);
    assert.equal(await stateOf(deep), 'done');
    assert.equal((await stored(deep.id)).result, null);
  });

  test('a closing node waits for descendants in every open state; nodes that are each other’s parents harm nobody', async () => {
    const tops = (['running', 'available', 'closing'] as const).map((state) => {
      const top = node({ state: 'closing', result: 'pass' });
      const below = node({ state, parent: top.id });
      return { top, below: state === 'closing' ? [below, node({ parent: below.id })] : [below] };
    });
    const [one, two] = [newId(now), newId(now)];
    const circle = [node({ id: one, parent: two, state: 'closing' }), node({ id: two, parent: one })];
    const free = node({ state: 'closing', result: 'fail', parent: two });
    await storeAll(db, [...tops.flatMap(({ top, below }) => [top, ...below]), ...circle, free]);
    assert.equal(await settle(CLOSING), 1);
    assert.equal(await stateOf(free), 'done');
    assert.equal((await stored(free.id)).result, 'fail');
    for (const { top } of tops) assert.equal(await stateOf(top), 'closing');
  });

  test('many that are due are changed batch by batch, each once, whoever else does the same', async () => {
    const count = BATCH * 3 + 7;
    const many = Array.from({ length: count }, () => node({ timeout: now, name: 'many' }));
    await storeAll(db, many);
    const begin = await lastSeq(db.reader);
    const work = async (): Promise<number> => {
      let sum = 0;
      for (;;) {
        const changed = await advance({ db, clock }, TIMEOUT);
        sum += changed;
        if (!(await TIMEOUT.due.any(db.reader, now))) return sum;
      }
    };
    const sums = await Promise.all(Array.from({ length: 4 }, work));
    assert.equal(
      sums.reduce((a, b) => a + b, 0),
      count,
    );
    const events = await eventsAfter(db.reader, begin, count + 1);
    assert.deepEqual(events.map((event) => event.node_id).sort(), many.map(({ id }) => id).sort());
    for (const { id } of many) assert.equal((await stored(id)).revision, 2);
    assert.equal(toApiTime((await stored(many[0]?.id ?? '')).updated), toApiTime(now));
  });
});
