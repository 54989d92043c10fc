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
  differs?: string;
  /** With status 422 the wording is each server's own: what counts is which places are named. */
  response: { status: number; type: string; body?: unknown; places?: string[] };
}

const { exchanges } = JSON.parse(
  readFileSync(path.join(PROJECT_ROOT, 'test/fixtures/recorded-telemetry.json'), 'utf8'),
) as { exchanges: Exchange[] };

const ID = /"[0-9a-f]{24}"/g;
const TIME = /"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?"/g;

/** JSON with what differs in each run replaced by names. As text, so that the order of keys counts. */
const anonymous = (body: unknown): string =>
  JSON.stringify(body, null, 1)
    .replace(ID, '"<id>"')
    .replace(TIME, (_, zone) => `"<time${zone === undefined ? '' : ' zoned'}>"`);

forEachEngine(
  'what clients were told of telemetry and of values by key so far',
  (engine) => {
    let server: TestServer;
    let token: string;

    before(async () => {
      server = await startServer({ engine });
      token = await makeUser(server, await adminToken(server), 'alice');
    });

    for (const { name, request, differs, response } of exchanges) {
      test(differs === undefined ? name : `${name} (${differs})`, async () => {
        const { method, as, json } = request;
        const options = { ...(as !== undefined && { token }), ...(json !== undefined && { json }) };
        const answer = await call(server, method, request.path, options);
        assert.equal(answer.status, response.status, answer.text);
        assert.equal((answer.headers.get('content-type') ?? '').split(';')[0], response.type);
        if (response.places !== undefined) {
          const { detail } = answer.body as { detail: { loc: unknown[] }[] };
          const places = detail.map(({ loc }) => loc.join('.'));
          for (const place of response.places) assert.ok(places.includes(place), `${place}: ${answer.text}`);
          return;
        }
        assert.equal(anonymous(answer.body), JSON.stringify(response.body, null, 1));
      });
    }
  },
  { ownProcess: true },
);
