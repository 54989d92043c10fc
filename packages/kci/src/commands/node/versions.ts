import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, ConnectionError, NotAnApiError, type TaggedNode } from '@kernelci/client';
import type { Node } from '@kernelci/model';

const SECOND = 1000;

export interface VersionsOptions {
  /** Seconds between two questions. */
  interval: number;
  /** Seconds after which to give up; default: never. */
  timeout?: number | undefined;
  /** Gets what keeps the API from answering, once until it answers again; then undefined. */
  onTrouble: (error: Error | undefined) => void;
}

/**
 * A node as it is, and again whenever it has changed, for as long as it may take; null when it is not there. What may pass is waited for, but not
 * at the first question.
 */
export async function* versions(
  fetchIfChanged: (etag: string | undefined) => Promise<TaggedNode | undefined>,
  { interval, timeout = Number.POSITIVE_INFINITY, onTrouble }: VersionsOptions,
): AsyncGenerator<Node | null, void> {
  const end = performance.now() + timeout * SECOND;
  let known: TaggedNode | undefined;
  let trouble: Error | undefined;
  for (;;) {
    const answer = await fetchIfChanged(known?.etag).catch((error: Error) => error);
    const failure = answer instanceof Error ? answer : undefined;
    if (failure !== undefined && (known === undefined || !mayPass(failure))) throw failure;
    if ((failure === undefined) !== (trouble === undefined)) onTrouble(failure);
    trouble = failure;
    if (answer !== undefined && !(answer instanceof Error)) {
      known = answer;
      yield answer.node;
    }
    const left = end - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(SECOND * Math.max(interval, askedWait(failure)), left));
  }
}

function mayPass(error: Error): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof ConnectionError || error instanceof NotAnApiError;
}

function askedWait(error: Error | undefined): number {
  return error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
}
