import { readFileSync } from 'node:fs';
import { KciError } from '../../errors.ts';
import { replaceFile } from '../../io/replace-file.ts';

/**
 * The position that a file remembers; undefined when there is no such file.
 * @throws KciError
 */
export function readCursor(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KciError(`the cursor file ${file} cannot be read: ${(error as Error).message}`);
  }
  const position = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw new KciError(`${file} holds no position`, 'is it another file? What --cursor writes is a number');
}

/** @throws KciError */
export function writeCursor(file: string, position: number): void {
  try {
    replaceFile(file, `${position}\n`);
  } catch (error) {
    throw new KciError(`the cursor file ${file} cannot be written: ${(error as Error).message}`);
  }
}
