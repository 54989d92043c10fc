import type { NodeFilter, NodeQuery } from './node-query/filter.ts';
import type { FoundNodes } from './node-query/find.ts';
import type { ReadAnswer, ReadRequest } from './node-query/run.ts';
import type { TreeQuery } from './node-query/tree.ts';

/** Runs reads where they hold up nothing else. */
export interface ReadRunner {
  read(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer>;
}

/**
 * Reads of many nodes. They stop when the signal says so, and throw `ReadCancelled`; they throw `TimeLimitExceeded`,
 * and `StoreUnavailable` when they were cut off. Text is read while it is fetched, and throws the same.
 */
export class NodeReads {
  readonly #runner: ReadRunner;

  constructor(runner: ReadRunner) {
    this.#runner = runner;
  }

  async find(query: NodeQuery, signal: AbortSignal): Promise<FoundNodes> {
    const { total, next, text } = await this.#runner.read({ kind: 'find', query }, signal);
    if (text === undefined) throw new Error('a list of nodes was answered without its text');
    return { total, next, text };
  }

  async count(filter: NodeFilter, signal: AbortSignal): Promise<number> {
    const { total } = await this.#runner.read({ kind: 'count', filter }, signal);
    if (total === null) throw new Error('a count of nodes was answered without it');
    return total.total;
  }

  /** The inside of a JSON list; undefined when there is no such node. Throws `TreeTooLarge` too. */
  async tree(query: TreeQuery, signal: AbortSignal): Promise<AsyncIterable<string> | undefined> {
    return (await this.#runner.read({ kind: 'tree', query }, signal)).text;
  }
}
