import { KciError } from '../../errors.ts';
import type { Prompter } from '../../io/prompter.ts';

/**
 * Asks for a new password twice.
 * @throws KciError when the two differ
 */
export async function askNewPassword(prompter: Prompter, first: string, again: string): Promise<string> {
  const password = await prompter.secret(first);
  if ((await prompter.secret(again)) !== password) throw new KciError('Sorry, passwords do not match');
  return password;
}
