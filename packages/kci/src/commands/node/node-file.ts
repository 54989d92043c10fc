import { RawJson } from '@kernelci/client';
import { KciError } from '../../errors.ts';
import { readInput } from '../../io/read-input.ts';

/** An object from a file, and its text as it is sent. */
export interface NodeFile {
  object: Record<string, unknown>;
  json: RawJson;
  from: string;
}

/**
 * Reads a JSON object from a file, `-` for standard input.
 * @throws KciError when there is none
 */
export async function readNodeFile(file: string): Promise<NodeFile> {
  const { text, from } = await readInput(file);
  const object = parsed(text, from);
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw new KciError(`${from} does not hold a JSON object`);
  }
  return { object: object as Record<string, unknown>, json: new RawJson(text), from };
}

function parsed(text: string, from: string): unknown {
  if (text.trim() === '') throw new KciError(`${from} is empty`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KciError(`${from} is not JSON: ${(error as SyntaxError).message}`);
  }
}
