import { constants, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { load } from '../load.ts';
import type { DataSet, DataSets, DataSetsOptions } from './data-set.ts';
import { familyOf, nameOf, readNote, writeNote } from './made.ts';

const COPY = '.copy-';

function remove(file: string): void {
  for (const end of ['', '-wal', '-shm', '.json']) rmSync(`${file}${end}`, { force: true });
}

function removeAll(folder: string, isMeant: (name: string) => boolean): void {
  for (const name of readdirSync(folder).filter(isMeant)) rmSync(path.join(folder, name), { force: true });
}

/** Data sets as files in the cache folder. */
export function sqliteDataSets(options: DataSetsOptions): DataSets {
  const folder = path.join(options.cache, 'sqlite');
  mkdirSync(folder, { recursive: true });
  // A run that was killed has left them.
  removeAll(folder, (name) => name.includes(COPY));
  let copies = 0;

  return {
    provide: async (nodes): Promise<DataSet> => {
      const file = path.join(folder, `${nameOf(nodes, options)}.db`);
      const location = { engine: 'sqlite', file } as const;
      const note = `${file}.json`;
      let sample = options.fresh ? undefined : readNote(note);
      if (sample === undefined) {
        // What an earlier state of the sources made is of no use any more.
        removeAll(folder, (name) => name.startsWith(familyOf(nodes)));
        sample = await load(location, { nodes, seed: options.seed, days: options.days, until: Date.now() });
        writeNote(note, sample);
      }
      const copy = async () => {
        copies += 1;
        const target = `${file}${COPY}${copies}`;
        copyFileSync(file, target, constants.COPYFILE_FICLONE);
        return { location: { engine: 'sqlite', file: target } as const, drop: async () => remove(target) };
      };
      return { engine: 'sqlite', sample, location, copy };
    },
    close: async () => undefined,
  };
}
