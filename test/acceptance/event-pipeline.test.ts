import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { type Listened, subscribe } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { type ApiNode, checkout, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

/** The client's time limit of a minute, cut short. */
const CLIENT_LIMIT_MS = 700;
const PATIENCE_MS = 30_000;

type Data = Record<string, unknown>;

/** As the services' client does: breaks and refusals for the moment are tried again for half a minute. */
async function patiently<T>(ask: () => Promise<{ status: number; body: T }>) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return answer;
    if (Date.now() > end) throw new Error('the service gives up');
    await delay(50);
  }
}

/** One of the pipeline's services: subscribes, listens, acts on what it hears. */
abstract class Service {
  readonly handled: Data[] = [];
  protected readonly server: TestServer;
  protected readonly token: string;
  protected isStopped = false;

  constructor(server: TestServer, token: string) {
    this.server = server;
    this.token = token;
  }

  stop(): void {
    this.isStopped = true;
  }

  /** One listen, which gives up after the client's time limit. Undefined: a BEEP, or the limit. */
  protected async listen(id: number): Promise<Data | undefined> {
    const response = await fetch(`${this.server.url}/latest/listen/${id}`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(CLIENT_LIMIT_MS),
    });
    if (response.status !== 200) throw new Error(`listen answers ${response.status}`);
    const { data } = JSON.parse(((await response.json()) as Listened).data);
    return data === 'BEEP' ? undefined : data;
  }
}

/** Subscribes to two channels under names of its own, and again after each failure; it may crash. */
class Scheduler extends Service {
  #crashAt: number;

  constructor(server: TestServer, token: string, handled: Data[] = [], crashAt = Number.POSITIVE_INFINITY) {
    super(server, token);
    this.handled.push(...handled);
    this.#crashAt = crashAt;
  }

  async run(): Promise<void> {
    await Promise.all([this.#follow('node'), this.#follow('retry')]);
  }

  async #follow(channel: string): Promise<void> {
    const query = `subscriber_id=scheduler%3A${channel}`;
    const again = () => patiently(async () => ({ status: 200, body: await this.#subscribe(channel, query) }));
    let id = (await again()).body;
    while (!this.isStopped) {
      try {
        const data = await this.listen(id);
        if (data === undefined) continue;
        // It dies with the event in its hands.
        if (this.handled.length >= this.#crashAt) return this.stop();
        this.handled.push({ channel, ...data });
      } catch {
        if (!this.isStopped) id = (await again()).body;
      }
    }
  }

  #subscribe(channel: string, query: string): Promise<number> {
    return subscribe(this.server, this.token, channel, query);
  }
}

/** Subscribes once, whatever happens; publishes what is to be tried again, whole nodes, to another channel. */
class JobRetry extends Service {
  async run(): Promise<void> {
    const id = await subscribe(this.server, this.token, 'node', 'subscriber_id=job_retry%3Anode');
    while (!this.isStopped) {
      const data = await this.listen(id).catch(() => delay(20, undefined));
      if (data === undefined) continue;
      this.handled.push(data);
      if (data.result !== 'incomplete') continue;
      const node = await patiently(() => call<ApiNode>(this.server, 'GET', `/latest/node/${data.id}`));
      const json = { data: { ...node.body, jobfilter: ['kunit'], op: 'created' } };
      await patiently(() => call(this.server, 'POST', '/latest/publish/retry', { token: this.token, json }));
    }
  }
}

/** Has no name to come back under: keeps its subscription through breaks. */
class Monitor extends Service {
  async run(): Promise<void> {
    const id = await subscribe(this.server, this.token, 'node');
    while (!this.isStopped) {
      const data = await this.listen(id).catch(() => delay(20, undefined));
      if (data !== undefined) this.handled.push(data);
    }
  }
}

const ofNodes = (handled: Data[]) => handled.filter(({ channel = 'node' }) => channel === 'node');

/** Told at least once, each first time in order. */
function assertHeard(handled: Data[], expected: readonly string[], who: string): void {
  const keys = handled.map(({ name, op }) => `${name} ${op}`);
  assert.deepEqual([...new Set(keys)], expected, who);
}

forEachEngine(
  'the pipeline at work',
  (engine) => {
    test('scheduler, job retry and monitor miss nothing through restarts, crashes and short time limits', async () => {
      const server = await startServer({ engine, env: { KEEP_ALIVE_PERIOD: '1' } });
      const token = await makeUser(server, await adminToken(server), 'pipeline');
      const first = new Scheduler(server, token, [], 9);
      const jobRetry = new JobRetry(server, token);
      const monitor = new Monitor(server, token);
      const running = [first.run(), jobRetry.run(), monitor.run()];
      await eventually('all have subscribed', async () => {
        const admin = await adminToken(server);
        const { body } = await call<unknown[]>(server, 'GET', '/latest/stats/subscriptions', {
          token: admin,
        });
        return body.length === 4 ? true : undefined;
      });

      const expected: string[] = [];
      const retried: string[] = [];
      const work = async (name: string, result: string) => {
        const made = await patiently(() =>
          call<ApiNode>(server, 'POST', '/latest/node', { token, json: checkout({ name }) }),
        );
        const json = { state: 'done', result };
        await patiently(() => call(server, 'PATCH', `/latest/node/${made.body.id}`, { token, json }));
        expected.push(`${name} created`, `${name} updated`);
        if (result === 'incomplete') retried.push(name);
      };

      for (let n = 0; n < 6; n += 1) await work(`a${n}`, n % 2 ? 'pass' : 'incomplete');
      await running[0];
      await work('while the scheduler is away', 'fail');
      const second = new Scheduler(server, token, first.handled);
      running.push(second.run());
      await server.kill9();
      await server.restart();
      for (let n = 0; n < 4; n += 1) await work(`b${n}`, 'incomplete');
      await delay(2 * CLIENT_LIMIT_MS);
      await work('after silence', 'pass');
      await server.restart();
      await work('after a restart', 'incomplete');

      const services = [second, jobRetry, monitor];
      await eventually('all is heard', () => {
        const heard = new Set(second.handled.map(({ channel, name, op }) => `${channel} ${name} ${op}`));
        const lacks =
          services.some(
            ({ handled }) =>
              new Set(ofNodes(handled).map(({ name, op }) => `${name} ${op}`)).size < expected.length,
          ) || retried.some((name) => !heard.has(`retry ${name} created`));
        return lacks ? undefined : true;
      });
      for (const service of services) service.stop();
      await Promise.all(running);
      assertHeard(ofNodes(second.handled), expected, 'scheduler');
      assertHeard(jobRetry.handled, expected, 'job retry');
      assertHeard(monitor.handled, expected, 'monitor');
      const retries = second.handled.filter(({ channel }) => channel === 'retry');
      assert.deepEqual(
        [...new Set(retries.map(({ name }) => name))].toSorted(),
        retried.toSorted(),
        'what the scheduler was told to try again',
      );
    });
  },
  { ownProcess: true },
);
