import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { adminToken } from './accounts.ts';
import { forEachEngine } from './engines.ts';
import { type CallOptions, call } from './http.ts';
import { makeUser } from './nodes.ts';
import { PROJECT_ROOT } from './project.ts';
import { startServer, type TestServer } from './server.ts';

export interface Exchange {
  name: string;
  request: {
    method: string;
    path: string;
    as?: string;
    json?: unknown;
    form?: Record<string, string>;
    raw?: string;
    headers?: Record<string, string>;
  };
  /** Values to remember from the answer, by the path of keys to them. */
  capture?: Record<string, string>;
  differs?: string;
  /** With status 422 the wording is each server's own: what counts is which places are named. */
  response: { status: number; type: string; body?: unknown; places?: string[] };
}

interface Setting {
  groups?: string[];
  /** Users beside the admin, with the groups that each is in. */
  users: Record<string, string[]>;
  env?: Record<string, string>;
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g;
const SEQUENCES = ['sequence_id', '_sequence_id'];

/** What the path of keys, with dots between, leads to. */
export const at = (value: unknown, keys: string): unknown =>
  keys.split('.').reduce<unknown>((inner, key) => Object(inner)[key], value);

/** Values that answers have given, by name. */
class Known {
  readonly #values = new Map<string, string>();

  keep(capture: Record<string, string>, body: unknown): void {
    for (const [name, keys] of Object.entries(capture)) this.#values.set(name, String(at(body, keys)));
  }

  /** The text, or what is in the value, with the names in it replaced by their values. */
  fill<Value>(value: Value): Value {
    const text = JSON.stringify(value).replace(/\{([a-z]\w*)\}/gi, (_, name) => {
      const known = this.#values.get(name);
      assert.ok(known !== undefined, `no earlier answer gave ${name}`);
      return known;
    });
    return JSON.parse(text);
  }

  /** The value with what differs in each run replaced by names. */
  plain(value: unknown, key = ''): unknown {
    const names = new Map([...this.#values].map(([name, known]) => [known, `<${name}>`]));
    if (typeof value === 'number') {
      if (SEQUENCES.includes(key)) return '<seq>';
      return key === 'id' ? (names.get(String(value)) ?? value) : value;
    }
    if (typeof value === 'string' && key === 'data' && value.startsWith('{"specversion"'))
      return { event: this.plain(JSON.parse(value)) };
    if (typeof value === 'string') return anonymous(value, names);
    if (Array.isArray(value)) return value.map((item) => this.plain(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.plain(item, name)]));
  }
}

const anonymous = (text: string, names: ReadonlyMap<string, string>): string =>
  text
    .replace(UUID, '<uuid>')
    .replace(/\b[0-9a-f]{24}\b/g, (id) => names.get(id) ?? '<id>')
    .replace(/\bSubscription (\d+)/g, (all, id) => all.replace(id, names.get(id) ?? id))
    .replace(TIME, (_, __, zone) => `<time${zone === undefined ? '' : ' zoned'}>`);

/** Whether each of the places is among those that the answer, with its body and text, complains about. */
export function checkPlaces(text: string, body: unknown, expected: readonly string[]): void {
  const { detail } = body as { detail: { type: string; loc: unknown[]; msg: string }[] };
  const places = detail.map(({ loc }) => loc.join('.'));
  for (const place of expected) assert.ok(places.includes(place), `${place}: ${text}`);
  for (const { type, msg } of detail) assert.ok(type !== '' && msg !== '', text);
}

function optionsOf({ json, raw, headers }: Exchange['request'], token: string | undefined): CallOptions {
  return {
    ...(token !== undefined && { token }),
    ...(json !== undefined && { json }),
    ...(raw !== undefined && { raw }),
    ...(headers !== undefined && { headers }),
  };
}

/** @param fixture a file in test/fixtures */
export function readExchanges(fixture: string): Exchange[] {
  const file = path.join(PROJECT_ROOT, 'test/fixtures', fixture);
  return (JSON.parse(readFileSync(file, 'utf8')) as { exchanges: Exchange[] }).exchanges;
}

/** The server; on PostgreSQL two instances of it, whose turn it is one after the other. */
export async function startInTurns(
  engine: Parameters<Parameters<typeof forEachEngine>[1]>[0],
  env: Record<string, string> = {},
): Promise<{ servers: TestServer[]; next(): TestServer }> {
  const server = await startServer({ engine, env });
  const servers = engine === 'postgres' ? [server, await server.startSibling()] : [server];
  let turn = 0;
  return {
    servers,
    next: () => {
      turn += 1;
      return servers[turn % servers.length] as TestServer;
    },
  };
}

/**
 * Declares a test for each exchange that was recorded with the server that came before. On PostgreSQL they go to two
 * instances in turns.
 */
export function replayRecorded(title: string, fixture: string, setting: Setting): void {
  const exchanges = readExchanges(fixture);
  forEachEngine(
    title,
    (engine) => {
      let next: () => TestServer;
      const tokens: Record<string, string> = {};
      const known = new Known();

      before(async () => {
        const running = await startInTurns(engine, setting.env);
        next = running.next;
        const token = await adminToken(next());
        tokens.admin = token;
        for (const name of setting.groups ?? [])
          await call(next(), 'POST', '/latest/user-groups', { token, json: { name } });
        for (const [name, groups] of Object.entries(setting.users))
          tokens[name] = await makeUser(next(), token, name, groups);
      });

      for (const { name, request, capture = {}, differs, response } of exchanges) {
        test(differs === undefined ? name : `${name} (${differs})`, async () => {
          const filled = known.fill(request);
          const options = optionsOf(filled, filled.as === undefined ? undefined : tokens[filled.as]);
          const answer = await call(next(), filled.method, filled.path, options);
          known.keep(capture, answer.body);
          assert.equal(answer.status, response.status, answer.text);
          assert.equal((answer.headers.get('content-type') ?? '').split(';')[0], response.type);
          if (response.places !== undefined) return checkPlaces(answer.text, answer.body, response.places);
          // As text, so that the order of keys counts.
          assert.equal(
            JSON.stringify(known.plain(answer.body), null, 1),
            JSON.stringify(response.body, null, 1),
          );
        });
      }
    },
    { ownProcess: true },
  );
}
