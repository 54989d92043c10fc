import type { ReadRunner } from './node-reads.ts';
import type { TelemetryGroup, TelemetryGroupsQuery } from './telemetry-query/groups.ts';
import type { FoundTelemetry, TelemetryPageQuery } from './telemetry-query/page.ts';

/**
 * Reads of telemetry, which is looked through by the hundred thousand. They stop when the signal says so, and throw
 * what reads of nodes throw.
 */
export class TelemetryReads {
  readonly #runner: ReadRunner;

  constructor(runner: ReadRunner) {
    this.#runner = runner;
  }

  async find(query: TelemetryPageQuery, signal: AbortSignal): Promise<FoundTelemetry> {
    const { total, text } = await this.#runner.read({ kind: 'telemetry', query }, signal);
    if (total === null || text === undefined)
      throw new Error('a list of telemetry was answered incompletely');
    return { total: total.total, text };
  }

  /** The largest groups first. Throws `TooManyGroups` too. */
  async groups(query: TelemetryGroupsQuery, signal: AbortSignal): Promise<TelemetryGroup[]> {
    const { text } = await this.#runner.read({ kind: 'telemetryGroups', query }, signal);
    if (text === undefined) throw new Error('groups of telemetry were answered without their text');
    const pieces = await Array.fromAsync(text);
    return JSON.parse(pieces.join('')) as TelemetryGroup[];
  }
}
