import type { FeedPage } from '@kernelci/model';
import { Reconnection } from '../http/reconnection.ts';
import type { FeedQuestion, FollowOptions } from './feed-question.ts';

const WAIT_SECONDS = 30;
/** Between two answers without news from an API that does not wait as it is asked to. */
const PACE_MS = 1000;

/** Pages of the feed, one after the other, until `signal` ends it. Pages without entries only move the position. */
export async function* followPages(
  fetchPage: (question: FeedQuestion) => Promise<FeedPage>,
  options: FollowOptions,
): AsyncGenerator<FeedPage, void, undefined> {
  const { channel, limit, signal, wait = WAIT_SECONDS } = options;
  const reconnection = new Reconnection(options);
  let after = options.after ?? 'oldest';
  while (!reconnection.isOver) {
    const begun = performance.now();
    // Where the end is has to be known before anything is waited for: a wait that breaks off must not lose what came.
    const seconds = after === 'latest' ? 0 : wait;
    let page: FeedPage;
    try {
      page = await fetchPage({ channel, after, limit, wait: seconds, signal });
    } catch (error) {
      await reconnection.failed(error);
      continue;
    }
    reconnection.works();
    const isNews = page.items.length > 0 || page.next !== after;
    after = page.next;
    if (isNews) yield page;
    else if (performance.now() - begun < PACE_MS) await reconnection.pause(PACE_MS);
  }
}
