import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const BATCH_DOCUMENTS = 2000;
const BATCH_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const LENGTH_BYTES = 4;
/** An empty document has as many … */
const DOCUMENT_MIN = 5;
/** … and the database takes none above 16 MB, with a little room for its own. */
const DOCUMENT_MAX = 17 * 1024 * 1024;

export interface Batch {
  /** Each document as it is in the file. */
  documents: Buffer[];
  /** Bytes of the file that have been read. */
  read: number;
}

/** The file ends too early, or holds something else than documents. What was before that has been read. */
export class DamagedDump extends Error {
  override readonly name = 'DamagedDump';
}

class Cutter {
  #rest: Buffer = Buffer.alloc(0);
  #documents: Buffer[] = [];
  #bytes = 0;
  /** Where in the unpacked file the rest begins. */
  position = 0;

  get unfinished(): boolean {
    return this.#rest.length > 0;
  }

  add(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** The next full batch; undefined when more must be read for it. */
  next(): Buffer[] | undefined {
    let at = 0;
    while (this.#rest.length - at >= LENGTH_BYTES && !this.#full) {
      const length = this.#rest.readInt32LE(at);
      if (length < DOCUMENT_MIN || length > DOCUMENT_MAX)
        throw new DamagedDump(`damaged at byte ${this.position + at}`);
      if (this.#rest.length - at < length) break;
      this.#documents.push(this.#rest.subarray(at, at + length));
      this.#bytes += length;
      at += length;
    }
    this.#rest = this.#rest.subarray(at);
    this.position += at;
    return this.#full ? this.take() : undefined;
  }

  take(): Buffer[] {
    const documents = this.#documents;
    this.#documents = [];
    this.#bytes = 0;
    return documents;
  }

  get #full(): boolean {
    return this.#documents.length >= BATCH_DOCUMENTS || this.#bytes >= BATCH_BYTES;
  }
}

/** The documents of a BSON file, gzip or not, some at a time. Throws `DamagedDump` behind the last whole one. */
export async function* documentsIn(file: string): AsyncGenerator<Batch> {
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const unpacked = file.endsWith('.gz') ? unpack(raw) : raw;
  const cutter = new Cutter();
  let damage: string | undefined;
  try {
    for await (const chunk of unpacked) {
      cutter.add(chunk as Buffer);
      for (let batch = cutter.next(); batch; batch = cutter.next())
        yield { documents: batch, read: raw.bytesRead };
    }
    if (cutter.unfinished) damage = `ends within the document at byte ${cutter.position}`;
  } catch (error) {
    damage = error instanceof Error ? error.message : String(error);
  } finally {
    raw.destroy();
  }
  const documents = cutter.take();
  if (documents.length > 0) yield { documents, read: raw.bytesRead };
  if (damage !== undefined) throw new DamagedDump(damage);
}

function unpack(raw: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}
