import type { Page } from '@kernelci/model';

/** Conditions by name, with the API's operators in the name (`username__re`); a list repeats the key. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

export interface PageOptions {
  /** Items of one page; the server's default is 50. */
  limit?: number | undefined;
  /** How many items to leave out. */
  offset?: number | undefined;
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Paging as query parameters; an offset of zero is left out, as the API's other clients do. */
export function pageQuery(page: PageOptions): Query {
  return { limit: page.limit, offset: page.offset === 0 ? undefined : page.offset };
}

/**
 * Every item of a list, fetched page by page.
 * @param fetchPage such as `(page) => client.users.find({}, page)`
 */
export async function* eachItem<T>(
  fetchPage: (page: Required<PageOptions>) => Promise<Page<T>>,
  limit = 100,
): AsyncGenerator<T, void, undefined> {
  for (let offset = 0; ; offset += limit) {
    const page = await fetchPage({ limit, offset });
    yield* page.items;
    if (page.items.length < limit || offset + limit >= page.total) return;
  }
}
