import type { Env } from '../config/env-reader.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { readSettings } from './settings.ts';

const SIGNS: Record<Finding['level'], string> = { good: '✔', trouble: '!', broken: '✘' };

/** Says what is well and what is not. Answers 1 when something is broken. */
export async function doctor(env: Env): Promise<number> {
  let code = 0;
  for await (const { level, text } of examine(() => readSettings(env))) {
    process.stdout.write(`${SIGNS[level]} ${text}\n`);
    if (level === 'broken') code = 1;
  }
  return code;
}
