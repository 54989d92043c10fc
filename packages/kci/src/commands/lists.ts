import type { PageOptions } from '@kernelci/client';
import type { Page } from '@kernelci/model';
import type { Command } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';
import { UsageError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { whole } from '../settings/parameters.ts';

const PAGE_LENGTH = 10;
const PAGE_LENGTH_OF_ALL = 100;

export interface ListOptions {
  pageLength?: number;
  pageNumber?: number;
  all?: boolean;
}

/** Declares the options of a command that prints a list. */
export function takesPaging(command: Command): void {
  command
    .option('-l, --page-length <n>', `items of a page (default: ${PAGE_LENGTH})`, wholeNumber(1))
    .option('-n, --page-number <n>', 'which page, from 0 (default: 0)', wholeNumber(0))
    .option('--all', 'follow the pages to the end');
}

/** One page of a list, or all of them. */
export async function fetchList<T>(
  factory: Factory,
  options: ListOptions,
  fetchPage: (page: PageOptions) => Promise<Page<T>>,
): Promise<T[]> {
  const page = await pageOf(factory, options);
  if (page !== 'all') return (await fetchPage(page)).items;
  const { eachItem } = await import('@kernelci/client');
  return Array.fromAsync(eachItem(fetchPage, options.pageLength ?? PAGE_LENGTH_OF_ALL));
}

/**
 * Which page is asked for, by options and settings.
 * @throws UsageError when that makes no sense
 */
export async function pageOf(factory: Factory, options: ListOptions): Promise<Required<PageOptions> | 'all'> {
  const { pageLength, pageNumber } = options;
  if (options.all === true) {
    if (pageNumber !== undefined)
      throw new UsageError('--all prints every page, so --page-number has no place');
    return 'all';
  }
  const limit = pageLength ?? (await factory.setting('page_length', whole(1))) ?? PAGE_LENGTH;
  const number = pageNumber ?? (await factory.setting('page_number', whole(0))) ?? 0;
  if (!Number.isSafeInteger(limit * number)) throw new UsageError('there are not that many pages');
  return { limit, offset: limit * number };
}
