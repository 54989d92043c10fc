import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { makeUser } from '../helpers/nodes.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Exchange {
  name: string;
  request: { method: string; path: string; as?: string; json?: unknown };
  /** Values to remember from the answer, by the path of keys to them. */
  capture?: Record<string, string>;
  differs?: string;
  /** With status 422 the wording is each server's own: what counts is which places are named. */
  response: { status: number; type: string; body?: unknown; places?: string[] };
}

const { exchanges } = JSON.parse(
  readFileSync(path.join(PROJECT_ROOT, 'test/fixtures/recorded-events.json'), 'utf8'),
) as { exchanges: Exchange[] };

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g;
const SEQUENCES = ['sequence_id', '_sequence_id'];

const at = (value: unknown, keys: string): unknown =>
  keys.split('.').reduce<unknown>((inner, key) => Object(inner)[key], value);

forEachEngine(
  'what clients were told of events so far',
  (engine) => {
    let server: TestServer;
    const tokens: Record<string, string> = {};
    const known: Record<string, string> = {};

    before(async () => {
      server = await startServer({ engine });
      tokens.admin = await adminToken(server);
      for (const name of ['alice', 'mallory']) tokens[name] = await makeUser(server, tokens.admin, name);
    });

    const fill = (text: string) =>
      text.replace(/\{(\w+)\}/g, (_, name) => {
        const value = known[name];
        assert.ok(value !== undefined, `no earlier answer gave ${name}`);
        return value;
      });

    /** A text with what differs in each run replaced by names. */
    function anonymous(text: string): string {
      const names = new Map(Object.entries(known).map(([name, value]) => [value, `<${name}>`]));
      return text
        .replace(UUID, '<uuid>')
        .replace(/\b[0-9a-f]{24}\b/g, (id) => names.get(id) ?? '<id>')
        .replace(/\bSubscription (\d+)/g, (all, id) => all.replace(id, names.get(id) ?? id))
        .replace(TIME, (_, __, zone) => `<time${zone === undefined ? '' : ' zoned'}>`);
    }

    function plain(value: unknown, key = ''): unknown {
      const names = new Map(Object.entries(known).map(([name, item]) => [item, `<${name}>`]));
      if (typeof value === 'number') {
        if (SEQUENCES.includes(key)) return '<seq>';
        return key === 'id' ? (names.get(String(value)) ?? value) : value;
      }
      if (typeof value === 'string' && key === 'data' && value.startsWith('{"specversion"'))
        return { event: plain(JSON.parse(value)) };
      if (typeof value === 'string') return anonymous(value);
      if (Array.isArray(value)) return value.map((item) => plain(item));
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, name)]));
    }

    for (const { name, request, capture = {}, differs, response } of exchanges) {
      test(differs === undefined ? name : `${name} (${differs})`, async () => {
        const { method, as, json } = request;
        const token = as === undefined ? undefined : tokens[as];
        const options = { ...(token !== undefined && { token }), ...(json !== undefined && { json }) };
        const answer = await call(server, method, fill(request.path), options);
        for (const [key, keys] of Object.entries(capture)) known[key] = String(at(answer.body, keys));
        assert.equal(answer.status, response.status, answer.text);
        assert.equal((answer.headers.get('content-type') ?? '').split(';')[0], response.type);
        if (response.places !== undefined) {
          const { detail } = answer.body as { detail: { loc: unknown[] }[] };
          const places = detail.map(({ loc }) => loc.join('.'));
          for (const place of response.places) assert.ok(places.includes(place), `${place}: ${answer.text}`);
          return;
        }
        // As text, so that the order of keys counts.
        assert.equal(JSON.stringify(plain(answer.body), null, 1), JSON.stringify(response.body, null, 1));
      });
    }
  },
  { ownProcess: true },
);
