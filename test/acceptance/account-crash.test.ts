import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type KnownUser, StormWorker } from '../helpers/account-storm.ts';
import { adminToken, type Page, readAudit, type User } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const WORKERS = 24;
const ROUNDS = 4;

interface TokenInfo {
  id: string;
  name: string;
}

const known = ({ id, username, email, is_active, is_verified, groups }: KnownUser): KnownUser => ({
  id,
  username,
  email,
  is_active,
  is_verified,
  groups,
});
const byId = <T extends { id: string }>(a: T, b: T) => (a.id < b.id ? -1 : 1);

forEachEngine(
  'kill -9 in a storm of account changes',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let workers: StormWorker[];

    before(async () => {
      server = await startServer({ engine });
      admin = await adminToken(server);
      workers = Array.from({ length: WORKERS }, () => new StormWorker(server, admin));
    });

    const list = async <T>(path: string): Promise<T[]> => {
      const separator = path.includes('?') ? '&' : '?';
      const { status, body, text } = await call<Page<T>>(
        server,
        'GET',
        `/latest${path}${separator}limit=100000`,
        {
          token: admin,
        },
      );
      assert.equal(status, 200, text);
      return body.items;
    };

    async function storm(): Promise<void> {
      const enough = randomInt(100, 250);
      let acknowledged = 0;
      let killed: Promise<void> | undefined;
      const count = () => {
        acknowledged += 1;
        // Not right at an answer, when a worker has just nothing in flight.
        if (acknowledged === enough) killed = delay(randomInt(20)).then(() => server.kill9());
      };
      await Promise.all(workers.map((worker) => worker.run(count)));
      await killed;
    }

    /** What the audit log has of the workers' requests: the id of the target, by the id of the request. */
    async function recordedChanges(): Promise<Map<string, string>> {
      const entries = await readAudit(server, admin, { limit: '100000' });
      const ofWorkers = entries.filter(({ request_id }) => request_id?.startsWith('change-'));
      const changes = new Map(
        ofWorkers.map(({ request_id, target }) => [request_id ?? '', target?.id ?? '']),
      );
      assert.equal(changes.size, ofWorkers.length, 'one entry for each change');
      return changes;
    }

    for (let round = 1; round <= ROUNDS; round += 1) {
      test(`what was acknowledged is there, and nothing by halves (${round})`, async () => {
        await storm();
        await server.restart();
        const recorded = await recordedChanges();
        // Whether an unanswered change happened is for the server to say: its entry and its effect must agree.
        for (const worker of workers) worker.settle(recorded.get(worker.pending?.requestId ?? ''));

        const acknowledged = workers.flatMap((worker) => worker.acknowledged);
        assert.deepEqual([...recorded.keys()].sort(), acknowledged.sort(), 'entries of the audit log');

        const users = (await list<User>('/users')).filter(({ username }) => username.startsWith('storm-'));
        const expected = workers.flatMap((worker) => [...worker.users.values()]);
        assert.deepEqual(
          users.map((user) => known({ ...user, groups: user.groups.map(({ name }) => name) })).sort(byId),
          expected.map(known).sort(byId),
          'users',
        );

        const groups = (await list<User>('/user-groups')) as unknown as { name: string }[];
        assert.deepEqual(
          groups
            .map(({ name }) => name)
            .filter((name) => name.startsWith('storm-'))
            .sort(),
          workers.flatMap((worker) => worker.groups).sort(),
          'groups',
        );

        const tokens = (await list<TokenInfo>('/user/tokens?all=true')).filter(
          ({ name }) => name === 'storm',
        );
        assert.deepEqual(
          tokens.map(({ id }) => id).sort(),
          expected.flatMap((user) => [...user.tokens]).sort(),
          'tokens',
        );
        for (const { username, password, is_active, is_verified } of expected.slice(-15)) {
          const form = { username, password };
          const { status } = await call(server, 'POST', '/latest/user/login', { form });
          assert.equal(status, is_active && is_verified ? 200 : 400, username);
        }
      });
    }
  },
  { ownProcess: true },
);
