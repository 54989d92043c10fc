import assert from 'node:assert/strict';
import { type CallOptions, type CallResult, call } from './http.ts';
import { runSql } from './sql.ts';

interface At {
  url: string;
}

export interface FeedEntry {
  timestamp: string;
  sequence_id: number;
  channel: string;
  owner: string | null;
  data: unknown;
  id: string;
  type?: string;
  source?: string;
  attributes?: Record<string, unknown>;
}

export interface FeedPage {
  items: FeedEntry[];
  next: number;
  oldest: number;
}

export const feedCall = (
  server: At,
  query: Record<string, string | number>,
  options: CallOptions = {},
): Promise<CallResult<FeedPage>> => {
  const text = new URLSearchParams(query as Record<string, string>);
  return call<FeedPage>(server, 'GET', `/latest/feed?${text}`, options);
};

export async function readFeed(server: At, query: Record<string, string | number> = {}): Promise<FeedPage> {
  const { status, body, text } = await feedCall(server, query);
  assert.equal(status, 200, text);
  return body;
}

/** Everything that matches, page by page, until a page has nothing and moves no further. */
export async function readAll(
  server: At,
  query: Record<string, string | number>,
): Promise<{ entries: FeedEntry[]; pages: FeedPage[] }> {
  const pages: FeedPage[] = [];
  for (let after: number | undefined; ; ) {
    const page = await readFeed(server, after === undefined ? query : { ...query, after });
    pages.push(page);
    if (page.items.length === 0 && page.next === after) break;
    after = page.next;
  }
  return { entries: pages.flatMap(({ items }) => items), pages };
}

/** The position behind the last entry of the log. */
export const logEnd = async (server: At): Promise<number> =>
  (await readFeed(server, { after: 'latest' })).next;

/**
 * Adds so many entries to the log, past the server: `{"n": 1}` and so on, each with so much padding.
 */
export async function addEntries(
  server: { dataDir: string; databaseUrl?: string },
  channel: string,
  count: number,
  padding = 0,
): Promise<void> {
  await runSql(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
     INSERT INTO events (id, time, channel, listed, data)
     SELECT '${'0'.repeat(18)}' || (100000 + i), ${Date.now()}, '${channel}', 1,
            '{"n": ' || i || ', "padding": "${'x'.repeat(padding)}"}' FROM n`,
  );
}

/** Makes all entries so old that they are removed at the next occasion, and waits for that. */
export async function removeEntries(server: At & { dataDir: string; databaseUrl?: string }): Promise<void> {
  const end = await logEnd(server);
  await runSql(server, 'UPDATE events SET time = 1');
  for (;;) if ((await readFeed(server, { after: 'latest', wait: 0.05 })).oldest >= end) return;
}

/** What a metric says; the labels belong to the name. */
export async function metric(server: At, name: string): Promise<number> {
  const { text } = await call(server, 'GET', '/latest/metrics');
  const line = text.split('\n').find((item) => item.startsWith(`${name} `));
  assert.ok(line, `no ${name} in\n${text}`);
  return Number(line.slice(name.length + 1));
}

export const dataOf = (entries: readonly FeedEntry[]): unknown[] => entries.map(({ data }) => data);
