import { constants, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { load } from '../load.ts';
import type { DataSet, DataSets, DataSetsOptions } from './data-set.ts';
import { nameOf, readNote, writeNote } from './made.ts';

function remove(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}

/** Data sets as files in the cache folder. */
export function sqliteDataSets(options: DataSetsOptions): DataSets {
  const folder = path.join(options.cache, 'sqlite');
  mkdirSync(folder, { recursive: true });
  let copies = 0;

  return {
    provide: async (nodes): Promise<DataSet> => {
      const file = path.join(folder, `${nameOf(nodes, options)}.db`);
      const location = { engine: 'sqlite', file } as const;
      const note = `${file}.json`;
      let sample = options.fresh ? undefined : readNote(note);
      if (sample === undefined) {
        remove(file);
        sample = await load(location, { nodes, seed: options.seed, days: options.days, until: Date.now() });
        writeNote(note, sample);
      }
      const copy = async () => {
        copies += 1;
        const target = `${file}.copy-${process.pid}-${copies}`;
        copyFileSync(file, target, constants.COPYFILE_FICLONE);
        return { location: { engine: 'sqlite', file: target } as const, drop: async () => remove(target) };
      };
      return { engine: 'sqlite', sample, location, copy };
    },
    close: async () => undefined,
  };
}
