import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { readAll } from '../helpers/feed.ts';
import { Random } from '../helpers/random.ts';
import { type Cast, makeCast } from './cast.ts';
import { markOf } from './mark.ts';
import { checkPublisher, checkReader, missing, partOf } from './verdict.ts';
import { makeWorld } from './world.ts';

/** `npm run fault:events` sets 20, or what it is told: `npm run fault:events 100`. */
const CYCLES = Number(process.env.KCI_FAULT_CYCLES ?? 3);
const SEED = Number(process.env.KCI_FAULT_SEED ?? Date.now() % 2 ** 32);
/** Far more than a cycle takes: only a test that hangs is ended by it. */
const CYCLE_LIMIT_MS = 60_000;
/** How long the last readers may take once all is calm. */
const CALM_MS = 90_000;

/** Waits until nobody lacks anything, or too long. */
async function catchUp(log: readonly string[], { readers, workers }: Cast): Promise<void> {
  const lacks = () =>
    missing(
      log,
      workers.flatMap(({ heard }) => heard),
    ).length > 0 ||
    readers.some(
      ({ heard, guarantee }) =>
        guarantee.complete && missing(partOf(log, guarantee.channel), heard).length > 0,
    );
  for (const end = Date.now() + CALM_MS; lacks() && Date.now() < end; ) await delay(100);
}

forEachEngine(
  'faults in a storm of events',
  (engine) => {
    const title = `${CYCLES} times: what was acknowledged reaches everyone it is for, in order`;
    test(title, { timeout: 2 * CALM_MS + CYCLES * CYCLE_LIMIT_MS }, async (t) => {
      t.diagnostic(`KCI_FAULT_SEED=${SEED}`);
      const random = new Random(SEED);
      const world = await makeWorld(engine, random);
      const [first] = world.instances;
      assert.ok(first);
      const token = await adminToken(first);
      const cast = makeCast(world, token, random);
      const { publishers, readers, workers } = cast;
      for (const reader of readers) await reader.begin();
      const running = [...readers, ...publishers].map((one) => one.run());
      t.after(() => {
        for (const one of [...readers, ...publishers]) one.stop();
      });

      const struck = new Map<string, number>();
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        await delay(300 + random.below(600));
        const fault = random.pick(world.faults);
        struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1);
        await fault.strike();
      }
      await delay(500);
      for (const publisher of publishers) publisher.stop();
      await Promise.all(running.slice(readers.length));

      const { entries } = await readAll(first, { after: 0, limit: 1000 });
      const log = entries.map(markOf);
      await catchUp(log, cast);
      // What comes again comes soon.
      await delay(300);
      for (const reader of readers) reader.stop();
      await Promise.all(running);

      for (const [name, times] of struck) t.diagnostic(`${times} × ${name}`);
      for (const { name, heard, failures } of readers)
        t.diagnostic(
          `${name}: ${heard.length} of ${log.length}, ${heard.length - new Set(heard).size} again, ${failures} failures`,
        );
      assert.equal(new Set(log).size, log.length, 'each event is in the log once');
      for (const publisher of publishers) checkPublisher(log, publisher);
      for (const reader of readers) checkReader(log, reader);
      const together = missing(
        log,
        workers.flatMap(({ heard }) => heard),
      );
      assert.deepEqual(together, [], 'the group missed something');
      for (const server of world.instances) assert.equal(await server.stop(), 0);
    });
  },
  { ownProcess: true },
);
