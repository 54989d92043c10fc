import { KciError } from '../../errors.ts';
import { readInput } from '../../io/read-input.ts';
import { parseJson } from '../../output/json-source.ts';

/**
 * The events of a file: a JSON array of them, one, or one a line.
 * @throws KciError when there is none, or something else
 */
export async function readEvents(file: string): Promise<unknown[]> {
  const { text, from } = await readInput(file);
  const whole = parsed(text);
  const events =
    whole === undefined ? linesOf(text, from) : Array.isArray(whole.value) ? whole.value : [whole.value];
  if (events.length === 0) throw new KciError(`${from} has no events`);
  for (const [at, event] of events.entries()) {
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) continue;
    throw new KciError(`${from} does not hold events: number ${at + 1} is no JSON object`);
  }
  return events;
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: parseJson(text) };
  } catch {
    return undefined;
  }
}

function linesOf(text: string, from: string): unknown[] {
  if (text.trim() === '') throw new KciError(`${from} is empty`);
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [parseJson(line)];
    } catch (error) {
      throw new KciError(
        `${from} is neither JSON nor JSON lines: line ${at + 1}: ${(error as SyntaxError).message}`,
      );
    }
  });
}
