import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { type CallOptions, call } from '../helpers/http.ts';
import { at, checkPlaces, type Exchange, readExchanges, startInTurns } from '../helpers/recorded.ts';
import type { TestServer } from '../helpers/server.ts';

const exchanges = readExchanges('recorded-accounts.json');

/** Replaces every text in a document. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

forEachEngine(
  'what clients were answered so far',
  (engine) => {
    let servers: TestServer[];
    let next: () => TestServer;
    const known: Record<string, string> = {};

    before(async () => {
      ({ servers, next } = await startInTurns(engine));
      known.adminPassword = next().admin.password;
    });

    const fill = (text: string) =>
      text.replace(/\{(\w+)\}/g, (_, name) => {
        const value = known[name];
        assert.ok(value !== undefined, `no earlier answer gave ${name}`);
        return value;
      });

    // Ids that the requests name themselves are the same in each run.
    const literal = JSON.stringify(exchanges);

    /** An answer's text with what differs in each run replaced by names. */
    function anonymous(text: string): string {
      const names = new Map(Object.entries(known).map(([name, value]) => [value, name]));
      return servers
        .reduce((rest, { url }) => rest.replaceAll(url, '<base>'), text)
        .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>')
        .replace(/\b[0-9a-f]{24}\b/g, (id) =>
          names.has(id) ? `<${names.get(id)}>` : literal.includes(id) ? id : '<id>',
        );
    }

    function optionsOf({ as, json, form, headers }: Exchange['request']): CallOptions {
      const token = as === undefined ? undefined : (known[`${as}Token`] ?? 'not.a.token');
      return {
        ...(token === undefined ? {} : { token }),
        ...(json === undefined ? {} : { json: mapTexts(json, fill) }),
        ...(form === undefined ? {} : { form: mapTexts(form, fill) as Record<string, string> }),
        ...(headers === undefined ? {} : { headers }),
      };
    }

    for (const { name, request, capture = {}, differs, response } of exchanges) {
      test(differs === undefined ? name : `${name} (${differs})`, async () => {
        const answer = await call(next(), request.method, fill(request.path), optionsOf(request));
        for (const [key, keys] of Object.entries(capture)) known[key] = String(at(answer.body, keys));
        assert.equal(answer.status, response.status, answer.text);
        assert.equal((answer.headers.get('content-type') ?? '').split(';')[0], response.type);
        if (response.places !== undefined) return checkPlaces(answer.text, answer.body, response.places);
        const body = answer.body === undefined ? answer.text : answer.body;
        // As text, so that the order of keys counts.
        assert.equal(
          JSON.stringify(mapTexts(body, anonymous), null, 1),
          JSON.stringify(response.body, null, 1),
        );
      });
    }
  },
  { ownProcess: true },
);
