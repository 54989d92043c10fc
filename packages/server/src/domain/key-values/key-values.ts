import { deleteValue, findValue, putValue } from '../../store/key-values.ts';
import type { Uses } from '../services.ts';

export interface KeyPlace {
  namespace: string;
  key: string;
}

/** The value of the key; null when there is none. */
export async function readValue({ db }: Uses<'db'>, { namespace, key }: KeyPlace): Promise<string | null> {
  return (await findValue(db.reader, namespace, key)) ?? null;
}

/** Gives the key the value, whatever it had. */
export async function setValue(
  { db }: Uses<'db'>,
  { namespace, key }: KeyPlace,
  value: string,
): Promise<void> {
  await db.write((tx) => putValue(tx, namespace, key, value));
}

/** Afterwards the key has no value, also when it had none. */
export async function removeValue({ db }: Uses<'db'>, { namespace, key }: KeyPlace): Promise<void> {
  await db.write((tx) => deleteValue(tx, namespace, key));
}
