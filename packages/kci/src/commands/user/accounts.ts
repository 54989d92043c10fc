import type { Client } from '@kernelci/client';
import type { User } from '@kernelci/model';
import { KciError } from '../../errors.ts';

/** @throws KciError when there is no account of that name */
export async function findUser(client: Client, username: string): Promise<User> {
  const { items } = await client.users.find({ username }, { limit: 10 });
  const user = items.find((candidate) => candidate.username === username);
  if (user === undefined) throw new KciError(`User not found: ${username}`);
  return user;
}
