import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { deserialize, ObjectId, serialize } from 'bson';
import { PROJECT_ROOT } from './project.ts';
import { makeTempFolder } from './temp-folder.ts';

export type Collections = Record<string, Record<string, unknown>[]>;

/** A small database of the existing server, as `mongodump --out` writes it. */
export const SAMPLE = path.join(PROJECT_ROOT, 'test/fixtures/mongodump');

export const objectId = (id: string): ObjectId => new ObjectId(id);

export function bsonOf(documents: Record<string, unknown>[]): Buffer {
  return Buffer.concat(documents.map((document) => Buffer.from(serialize(document))));
}

/** Writes collections as `mongodump` does. @returns the folder of the dump */
export function makeDump(collections: Collections, options: { gzip?: boolean } = {}): string {
  const folder = makeTempFolder('dump');
  mkdirSync(path.join(folder, 'kernelci'));
  for (const [name, documents] of Object.entries(collections)) {
    const file = path.join(folder, 'kernelci', `${name}.bson`);
    if (options.gzip) writeFileSync(`${file}.gz`, gzipSync(bsonOf(documents)));
    else writeFileSync(file, bsonOf(documents));
  }
  return folder;
}

/** The documents of a collection of the sample. */
export function sampleDocuments(collection: string): Record<string, unknown>[] {
  const bytes = readFileSync(path.join(SAMPLE, 'kernelci', `${collection}.bson`));
  const documents: Record<string, unknown>[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readInt32LE(at);
    documents.push(deserialize(bytes.subarray(at, at + length)));
    at += length;
  }
  return documents;
}

const apiTime = (date: Date): string => {
  const text = date.toISOString();
  return text.endsWith('.000Z') ? text.slice(0, 19) : `${text.slice(0, 23)}000`;
};

/** A value of the database as the API shows it. */
export function shown(value: unknown): unknown {
  if (value instanceof Date) return apiTime(value);
  if (value instanceof ObjectId) return value.toHexString();
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

/** What became of a collection, from the table that an import prints. */
export function outcome(stdout: string, title: string): { taken: number; there: number; leftOut: number } {
  const numbers = new RegExp(`^${title} +(\\d+) +(\\d+) +(\\d+)$`, 'm').exec(stdout);
  if (numbers === null) throw new Error(`no line about ${title} in\n${stdout}`);
  return { taken: Number(numbers[1]), there: Number(numbers[2]), leftOut: Number(numbers[3]) };
}
