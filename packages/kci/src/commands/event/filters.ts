import type { Filters } from '@kernelci/client';
import type { Command } from 'commander';
import { filtersOf } from '../../arguments/attributes.ts';
import { UsageError } from '../../errors.ts';

export interface ChannelOption {
  channel?: string;
}

/** Which events are wanted. */
export interface EventChoice {
  filters: Filters;
  channel: string | undefined;
}

/** Said once, below each command that takes them. */
export const FILTERS_HELP =
  'Filters are NAME=VALUE, or have one of the operators > < >= <= != =~ (regular expression); quote those that the ' +
  'shell knows. Names are those of the event data, such as op, kind, state, result, name and data.platform, or owner, ' +
  'path, node_id.';

export function takesFilters(command: Command): void {
  command
    .argument('[filters...]', 'NAME=VALUE, or another operator between them')
    .option('--channel <name>', 'only events of this channel');
}

/**
 * @param ofOptions parameters that are no filters, and the options that set them
 * @throws UsageError
 */
export function eventChoice(
  filters: readonly string[],
  { channel }: ChannelOption,
  ofOptions: ReadonlyMap<string, string> = new Map(),
): EventChoice {
  const { channel: filtered, ...rest } = filtersOf(filters, ofOptions);
  if (filtered === undefined) return { filters: rest, channel };
  if (channel !== undefined) throw new UsageError("'channel' is given twice");
  return { filters: rest, channel: single(filtered) };
}

/** The filters for a JSON body, where of repeated ones the last counts, as in a query. */
export function filterBody(filters: Filters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, single(value)]));
}

function single(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : (value.at(-1) ?? '');
}
