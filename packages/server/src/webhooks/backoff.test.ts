import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY, HOUR, SECOND } from '@kernelci/model';
import { nextAttempt } from './backoff.ts';

const timing = { backoffMs: 5 * SECOND, retryMs: 3 * DAY };

describe('when a delivery is tried again', () => {
  test('after five seconds, then twice as long each time, up to an hour, a little sooner', () => {
    for (const [attempts, wait] of [
      ...([
        [1, 5],
        [2, 10],
        [3, 20],
        [10, 2560],
        [11, 3600],
        [80, 3600],
        [2000, 3600],
      ] as const),
    ]) {
      const next = nextAttempt(timing, { attempts, since: 0, now: HOUR });
      assert.ok(
        next !== undefined && next <= HOUR + wait * SECOND && next >= HOUR + 0.8 * wait * SECOND,
        `${attempts}`,
      );
    }
    const slow = nextAttempt({ ...timing, backoffMs: 2 * HOUR }, { attempts: 3, since: 0, now: 0 });
    assert.ok(slow !== undefined && slow <= 2 * HOUR && slow >= 1.6 * HOUR);
  });

  test('the last time at the end of three days, and then no more', () => {
    const at = (now: number) => nextAttempt(timing, { attempts: 80, since: HOUR, now });
    assert.equal(at(3 * DAY + HOUR - SECOND), 3 * DAY + HOUR);
    assert.equal(at(3 * DAY + HOUR), undefined);
    assert.equal(at(4 * DAY), undefined);
  });
});
