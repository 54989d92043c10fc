import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { type ApiNode, checkout, createNode, history } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

/** How often the server is killed. `npm run fault:nodes` sets it to 100. */
const CYCLES = Number(process.env.KCI_CRASH_CYCLES ?? 3);
/** Far more than a cycle takes: only a test that hangs is ended by it. */
const CYCLE_LIMIT_MS = 60_000;
const WRITERS = 8;
const CHILDREN = 5;

/** What the server acknowledged to one writer, and what it was asked for when it died. */
interface Record_ {
  treeid: string;
  /** Acknowledged nodes: id, and the last acknowledged mark of its patches. */
  nodes: Map<string, { name: string; mark: number; patches: number }>;
  hierarchies: string[][];
  /** A hierarchy of this prefix was under way: all of it is there, or nothing. */
  pendingHierarchy: string | undefined;
}

async function writeUntilDead(server: TestServer, token: string, record: Record_): Promise<void> {
  for (let n = 0; ; n += 1) {
    const name = `${record.treeid}-${n}`;
    const node = await createNode(server, token, checkout({ name, treeid: record.treeid }));
    const seen = { name, mark: -1, patches: 0 };
    record.nodes.set(node.id, seen);
    for (let mark = 0; mark < 3; mark += 1) {
      const json = { debug: { mark } };
      const answer = await call(server, 'PATCH', `/latest/node/${node.id}`, { token, json });
      assert.equal(answer.status, 200);
      seen.mark = mark;
      seen.patches += 1;
    }
    if (n % 3 === 0) await writeHierarchy(server, token, record, { id: node.id, name });
  }
}

async function writeHierarchy(
  server: TestServer,
  token: string,
  record: Record_,
  root: { id: string; name: string },
): Promise<void> {
  const child_nodes = Array.from({ length: CHILDREN }, (_, i) => ({
    node: { kind: 'test', name: `${root.name}/${i}`, path: ['t'] },
    child_nodes: [],
  }));
  record.pendingHierarchy = root.name;
  const node = checkout({ name: root.name, treeid: record.treeid });
  const json = { node, child_nodes };
  const answer = await call<ApiNode[]>(server, 'PUT', `/latest/nodes/${root.id}`, { token, json });
  assert.equal(answer.status, 200);
  record.hierarchies.push(answer.body.slice(1).map(({ id }) => id));
  record.pendingHierarchy = undefined;
  record.nodes.delete(root.id);
}

async function checkNode(
  server: TestServer,
  id: string,
  seen: { name: string; mark: number; patches: number },
): Promise<void> {
  const { body } = await call<ApiNode | null>(server, 'GET', `/latest/node/${id}`);
  assert.equal(body?.name, seen.name, `acknowledged node ${id} is there`);
  const mark = Number(body?.debug.mark ?? -1);
  // A hierarchy that was under way has no mark.
  assert.ok(mark >= seen.mark || body?.debug.mark === undefined, `mark ${mark}, ${seen.mark} acknowledged`);
  const events = await history(server, id);
  assert.equal(events.filter(({ data }) => data.op === 'created').length, 1, 'one created event');
  const updates = events.length - 1;
  assert.ok(updates >= seen.patches, `${updates} updates in the log, ${seen.patches} acknowledged`);
  // One more may have been committed when its answer was cut off; and a hierarchy over the same node.
  assert.ok(updates <= seen.patches + 1, `${updates} updates in the log, ${seen.patches} acknowledged`);
}

async function checkRecord(server: TestServer, record: Record_): Promise<void> {
  for (const [id, seen] of record.nodes) await checkNode(server, id, seen);
  const { body } = await call<ApiNode[]>(
    server,
    'GET',
    `/latest/nodes/fast?treeid=${record.treeid}&kind=test`,
  );
  const names = body.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, 'no node twice');
  const ids = new Set(body.map(({ id }) => id));
  for (const hierarchy of record.hierarchies) assert.ok(hierarchy.every((id) => ids.has(id)));
  const pending = names.filter((name) => name.startsWith(`${record.pendingHierarchy}/`)).length;
  assert.ok(pending === 0 || pending === CHILDREN, `${pending} of ${CHILDREN} nodes of a hierarchy`);
  for (const id of ids) assert.equal((await history(server, id)).length, 1);
}

forEachEngine(
  'kill -9 under writes',
  (engine) => {
    const title = `${CYCLES} times: what was acknowledged is there, with its events, none twice`;
    test(title, { timeout: CYCLES * CYCLE_LIMIT_MS }, async () => {
      const server = await startServer({ engine });
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        const token = await login(server, server.admin.username, server.admin.password);
        const records = Array.from(
          { length: WRITERS },
          (_, w): Record_ => ({
            treeid: `c${cycle}w${w}`,
            nodes: new Map(),
            hierarchies: [],
            pendingHierarchy: undefined,
          }),
        );
        const writers = records.map((record) => writeUntilDead(server, token, record));
        const ends = Promise.allSettled(writers);
        await delay(200 + Math.random() * 500);
        await server.kill9();
        for (const end of await ends) {
          // Writers end with the connection, not with a wrong answer.
          assert.ok(end.status === 'rejected' && !(end.reason instanceof assert.AssertionError), String(end));
        }
        await server.restart();
        assert.ok(
          records.some(({ nodes }) => nodes.size > 0),
          'something was acknowledged',
        );
        for (const record of records) await checkRecord(server, record);
      }
      assert.equal(await server.stop(), 0);
    });
  },
  { ownProcess: true },
);
