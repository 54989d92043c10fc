import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { adminWorkspace, anonymousWorkspace, type KciWorkspace } from '../helpers/kci-workspace.ts';
import { createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const UNKNOWN = '61bda8f2eb1a63d2b7152499';

forEachEngine('kci node pin and unpin', (engine) => {
  let server: TestServer;
  let kci: KciWorkspace;
  let id: string;

  before(async () => {
    server = await startServer({ engine });
    kci = await adminWorkspace(server);
    ({ id } = await createNode(server, await adminToken(server)));
  });

  const stored = async () => (await call(server, 'GET', `/latest/node/${id}/pin`)).body;

  test('pin a node with a reason, and without; take the pin away; and print what there is', async () => {
    const pinned = JSON.parse(await kci.ok(['node', 'pin', id, '--reason', 'baseline of 6.12']));
    assert.deepEqual(
      [pinned.node_id, pinned.pinned, pinned.reason, pinned.user],
      [id, true, 'baseline of 6.12', 'admin'],
    );
    assert.deepEqual(await stored(), pinned);
    assert.equal(JSON.parse(await kci.ok(['node', 'pin', id])).reason, null);
    const free = { node_id: id, pinned: false, reason: null, user: null, created: null };
    for (let n = 0; n < 2; n += 1) assert.deepEqual(JSON.parse(await kci.ok(['node', 'unpin', id])), free);
    assert.deepEqual(await stored(), free);
  });

  test('say what is wrong', async () => {
    for (const verb of ['pin', 'unpin']) {
      const unknown = await kci.kci(['node', verb, UNKNOWN]);
      assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
      assert.match(unknown.stderr, /^Error: HTTP 404 .*: Node not found with id: \w+\n/);
      assert.equal((await kci.kci(['node', verb])).code, 2);
      assert.equal((await kci.kci(['node', verb, '..'])).code, 2);
    }
    const anonymous = await anonymousWorkspace(server).kci(['node', 'pin', id]);
    assert.deepEqual([anonymous.code, anonymous.stdout], [1, '']);
  });
});
