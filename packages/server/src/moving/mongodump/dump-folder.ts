import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DATABASE = 'kernelci';
const BSON = /\.bson(\.gz)?$/;

export interface DumpFolder {
  folder: string;
  /** The file of the collection; undefined when the dump has none. */
  file(collection: string): string | undefined;
}

const hasCollections = (folder: string): boolean =>
  existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).some((name) => BSON.test(name));

/** The folder that `mongodump` wrote, or the one of the database inside it. Throws an `Error` that says what is missing. */
export function openDump(path: string): DumpFolder {
  const folder = [path, join(path, DATABASE)].find(hasCollections);
  if (folder === undefined)
    throw new Error(
      `${path} has no .bson files, nor has ${join(path, DATABASE)}: name the folder that "mongodump --out" wrote ` +
        '(an archive is unpacked by "mongorestore" into a database, and dumped from there)',
    );
  return {
    folder,
    file: (collection) =>
      [`${collection}.bson`, `${collection}.bson.gz`].map((name) => join(folder, name)).find(existsSync),
  };
}
