import { RawJson } from '@kernelci/client';
import { KciError } from '../../errors.ts';
import { readInput } from '../../io/read-input.ts';

export const FILE_HELP = 'a file; -: standard input';

/**
 * The body that publishes the content of a file: its text, or the JSON in it, as it is written.
 * @throws KciError when it cannot be read, or holds no JSON
 */
export async function eventBody(file: string, isJson: boolean): Promise<RawJson> {
  const { text, from } = await readInput(file);
  if (!isJson) return new RawJson(JSON.stringify({ data: text }));
  if (text.trim() === '') throw new KciError(`${from} is empty`);
  try {
    JSON.parse(text);
  } catch (error) {
    throw new KciError(`${from} is not JSON: ${(error as SyntaxError).message}`);
  }
  return new RawJson(`{"data":${text}}`);
}
