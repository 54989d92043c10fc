import { existsSync } from 'node:fs';
import { toApiTime } from '@kernelci/model';
import type { Config } from '../config/config.ts';
import type { Env } from '../config/env-reader.ts';
import { keptFor } from '../config/kept.ts';
import { giveSpaceBack } from '../domain/retention/give-space-back.ts';
import { countPinnedOld, type OldThings, oldThings } from '../domain/retention/old-things.ts';
import type { Database } from '../store/database.ts';
import type { Tally } from '../store/old-rows.ts';
import { readSettings, withDatabase } from './settings.ts';

export interface PurgeOptions {
  /** Only tells what would go. */
  dryRun?: boolean;
  /** Rewrites the database afterwards, without its free space. */
  vacuum?: boolean;
}

interface Found {
  old: OldThings;
  tally: Tally;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const moment = (time: number | null): string => (time === null ? '-' : toApiTime(time));

/** Tells how far it is: on a terminal in one line that changes, otherwise now and then in a new one. */
function tellProgress(text: string, isLast: boolean): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}${isLast ? '\n' : ''}`);
  else if (isLast) process.stderr.write(`${text}\n`);
}

const isSome = ({ tally }: Found): boolean => tally.number > 0;

function showTable(found: readonly Found[]): void {
  const rows = found
    .filter(isSome)
    .map(({ old, tally }) => [
      old.what,
      toApiTime(old.before),
      String(tally.number),
      moment(tally.oldest),
      moment(tally.newest),
    ]);
  const table = [['What', 'Before', 'Number', 'Oldest', 'Newest'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table) {
    const cells = row.map((cell, i) =>
      i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    );
    say(cells.join('  ').trimEnd());
  }
}

async function look(db: Database, things: readonly OldThings[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const old of things) {
    tellProgress(`looking for what is old: ${old.what}`, false);
    found.push({ old, tally: await old.tally(db.reader) });
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  return found;
}

/** Goes through all of it: where nothing is old any more there may be space to give back. */
async function remove(db: Database, found: readonly Found[]): Promise<number> {
  let sum = 0;
  for (const { old, tally } of found) {
    let removed = 0;
    const tell = (isLast: boolean) =>
      tellProgress(`${old.what}: ${removed} of ${tally.number} removed`, isLast);
    sum += await old.remove(db, {
      onRemoved: (count) => {
        removed += count;
        tell(false);
      },
    });
    if (isSome({ old, tally })) tell(true);
  }
  return sum;
}

async function purgeIn(db: Database, config: Config, options: PurgeOptions): Promise<void> {
  const now = Date.now();
  const kept = keptFor(config);
  const found = await look(db, oldThings(kept, now));
  if (found.some(isSome)) showTable(found);
  else say('Nothing is older than it is kept.');
  const pinned = await countPinnedOld(db.reader, kept, now);
  if (pinned > 0) say(`Kept by pins: ${pinned} nodes`);
  if (options.dryRun) {
    say('Nothing was removed: this was a dry run.');
    return;
  }
  say(`Removed: ${await remove(db, found)}`);
  if (options.vacuum) {
    process.stderr.write('rewriting the database without its free space …\n');
    await db.compact();
  } else await giveSpaceBack(db, {});
}

/** Removes what is older than it is kept, or tells what that would be. Answers the exit code. */
export async function purge(options: PurgeOptions, env: Env): Promise<number> {
  const config = readSettings(env);
  const { database } = config;
  if (database.engine === 'sqlite' && !existsSync(database.file)) {
    throw new Error(
      `there is no database ${database.file}: set KCI_DATA_DIR or DATABASE_URL as the server has it`,
    );
  }
  await withDatabase(config, (db) => purgeIn(db, config, options));
  return 0;
}
