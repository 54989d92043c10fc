import { createReadStream, type ReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { KciError } from '../errors.ts';

const MEGABYTE = 1024 * 1024;
/** The API takes no more. */
const BYTES_MAX = 32 * MEGABYTE;

/** Text from a file or from standard input, and what to call its source in messages. */
export interface Input {
  text: string;
  from: string;
}

/**
 * The text of a file, `-` for standard input.
 * @throws KciError when it cannot be read, is too large or not UTF-8
 */
export async function readInput(file: string): Promise<Input> {
  const from = file === '-' ? 'standard input' : file;
  const stream: Readable | ReadStream = file === '-' ? process.stdin : createReadStream(file);
  const bytes = await gather(stream, from).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof KciError) throw error;
    throw new KciError(`${from} cannot be read: ${reason(error)}`);
  });
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), from };
  } catch {
    throw new KciError(`${from} is not UTF-8 text`);
  }
}

async function gather(stream: Readable, from: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BYTES_MAX) {
      throw new KciError(`${from} has more than ${BYTES_MAX / MEGABYTE} MB, which the API does not take`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'part of its path is no folder',
  EACCES: 'permission denied',
};

function reason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message;
}
