import { setTimeout as delay } from 'node:timers/promises';

const WITHIN_MS = 30_000;
const POLL_MS = 25;

/**
 * Asks again and again until there is an answer.
 * @returns the first answer that is not undefined
 * @throws Error after half a minute
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + WITHIN_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`still not so after ${WITHIN_MS} ms: ${what}`);
    await delay(POLL_MS);
  }
}
