import { type Client, FeedGoneError } from '@kernelci/client';
import type { FeedPage } from '@kernelci/model';
import { Option } from 'commander';
import { wholeNumber } from '../../arguments/numbers.ts';
import { KciError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { writeText } from '../../io/write-out.ts';
import { pythonJson } from '../../output/python-json.ts';
import { defineVerb } from '../../verb.ts';
import { troubleTeller } from '../tell-trouble.ts';
import { readCursor, writeCursor } from './cursor-file.ts';
import { type ChannelOption, type EventChoice, eventChoice, FILTERS_HELP, takesFilters } from './filters.ts';
import { type StartPlace, startPlace } from './ids.ts';
import { eventLine } from './look.ts';

/** Entries of one page, at the most. */
const BATCH = 100;

interface WatchOptions extends ChannelOption {
  from?: StartPlace;
  cursor?: string;
  limit?: number;
  format?: 'lines' | 'jsonl';
}

const OF_OPTIONS = new Map([
  ['limit', '--limit'],
  ['after', '--from'],
  ['wait', 'nothing: it waits for ever'],
]);

export const verb = defineVerb<[filters: string[]], WatchOptions>({
  description:
    'Prints events as they happen, until it is interrupted: a line for each on a terminal, JSON lines elsewhere. No ' +
    `token is needed. An API that goes away is waited for, and nothing is missed meanwhile. ${FILTERS_HELP}`,
  examples: [
    ['kci event watch kind=job state=done', 'jobs that end'],
    ['kci event watch result=fail --from oldest', 'also what failed before, as far back as events are kept'],
    [
      'kci event watch --cursor position.txt >> events.jsonl',
      'goes on where it stopped, when it is run again',
    ],
    ['kci event watch kind=kbuild state=done name=kbuild-gcc-12-x86 --limit 1', 'wait for one'],
  ],
  configure: (command) => {
    takesFilters(command);
    command
      .option('--from <place>', "'oldest', 'latest' (default), or behind this sequence_id", startPlace)
      .option(
        '--cursor <file>',
        'begin where this file says, if there is one, and write into it how far it got',
      )
      .option('--limit <n>', 'end after so many events', wholeNumber(1))
      .addOption(
        new Option('--format <format>', 'lines: for people; jsonl: for programs').choices(['lines', 'jsonl']),
      );
  },
  run: async (factory, [filters], options) => {
    const choice = eventChoice(filters, options, OF_OPTIONS);
    const remembered = options.cursor === undefined ? undefined : readCursor(options.cursor);
    const client = await factory.client();
    const printer = new Printer(options);
    for await (const page of pages(factory, client, choice, {
      ...options,
      start: remembered ?? options.from ?? 'latest',
    })) {
      await printer.print(page);
      if (printer.isDone) return;
    }
  },
});

/** Pages for ever; after a gap only when the oldest events are asked for anyway. */
async function* pages(
  factory: Factory,
  { feed }: Client,
  { filters, channel }: EventChoice,
  { start, from, limit }: WatchOptions & { start: StartPlace },
): AsyncGenerator<FeedPage, void> {
  const onTrouble = troubleTeller(factory);
  for (let after = start; ; ) {
    try {
      yield* feed.follow(filters, { channel, after, limit: Math.min(limit ?? BATCH, BATCH), onTrouble });
    } catch (error) {
      if (!(error instanceof FeedGoneError)) throw error;
      if (from !== 'oldest') {
        throw new KciError(error.message, 'with --from oldest it goes on there, without what is gone');
      }
      factory.warn(`${error.message}; going on there`);
      after = error.oldest;
    }
  }
}

/** Prints pages, and remembers how far it got after each. */
class Printer {
  readonly #asLines: boolean;
  readonly #cursor: string | undefined;
  #left: number;

  constructor({ format, cursor, limit }: WatchOptions) {
    this.#asLines = (format ?? (process.stdout.isTTY ? 'lines' : 'jsonl')) === 'lines';
    this.#cursor = cursor;
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  async print({ items, next }: FeedPage): Promise<void> {
    const shown = items.slice(0, this.#left);
    const room = process.stdout.isTTY ? process.stdout.columns : undefined;
    const lines = shown.map((entry) => (this.#asLines ? eventLine(entry, room) : pythonJson(entry)));
    if (lines.length > 0) await writeText(`${lines.join('\n')}\n`);
    this.#left -= shown.length;
    const position = this.isDone ? shown.at(-1)?.sequence_id : next;
    if (this.#cursor !== undefined && position !== undefined) writeCursor(this.#cursor, position);
  }
}
