import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cleanUpAfterFile } from '../../../../../test/helpers/cleanup.ts';
import { makeTempFolder } from '../../../../../test/helpers/temp-folder.ts';
import { StoreUnavailable } from '../errors.ts';
import { ReadCancelled } from '../node-query/reading.ts';
import { openDatabase } from '../open.ts';
import { Readers } from './readers.ts';

const NEVER = new AbortController().signal;
const COUNT = { kind: 'count', filter: [] } as const;

function readersOf(file: string): Readers {
  const readers = new Readers({ location: { engine: 'sqlite', file }, limitMs: 10_000 });
  cleanUpAfterFile(() => readers.close());
  return readers;
}

test('a thread that ended is replaced by the next read', async () => {
  const folder = path.join(makeTempFolder('readers'), 'later');
  const readers = readersOf(path.join(folder, 'nodes.db'));
  await assert.rejects(readers.read(COUNT, NEVER), StoreUnavailable);
  mkdirSync(folder);
  const db = await openDatabase(
    { engine: 'sqlite', file: path.join(folder, 'nodes.db') },
    { onConnectionError: () => undefined },
  );
  cleanUpAfterFile(() => db.close());
  assert.deepEqual((await readers.read(COUNT, NEVER)).total, { total: 0, kind: 'exact' });
});

test('what is closed starts no thread again', async () => {
  const readers = readersOf(path.join(makeTempFolder('readers'), 'nodes.db'));
  await readers.close();
  await assert.rejects(readers.read(COUNT, NEVER), StoreUnavailable);
});

test('what nobody waits for is not begun', async () => {
  const readers = readersOf(path.join(makeTempFolder('readers'), 'nodes.db'));
  await assert.rejects(readers.read(COUNT, AbortSignal.abort()), ReadCancelled);
});
