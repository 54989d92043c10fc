import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** How a long piece of work goes on beside what is more urgent. */
export interface Pace {
  /** Ends it after the batch in hand. */
  signal?: AbortSignal;
  /** Told how many more have been removed. */
  onRemoved?: (count: number) => void;
}

/** The shortest pause between two batches, in milliseconds. */
const PAUSE_MS = 5;

export interface Batch {
  removed: number;
  /** Whether there may be more. */
  more: boolean;
}

/** Does one batch after the other, with pauses that are as long as the batches. Answers how many were removed. */
export async function inBatches(batch: () => Promise<Batch>, { signal, onRemoved }: Pace): Promise<number> {
  let sum = 0;
  while (!signal?.aborted) {
    const begun = performance.now();
    const { removed, more } = await batch();
    sum += removed;
    if (removed > 0) onRemoved?.(removed);
    if (!more) break;
    await delay(Math.max(PAUSE_MS, performance.now() - begun));
  }
  return sum;
}
