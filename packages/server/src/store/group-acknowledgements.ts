import type { Tx } from './database.ts';

/** Numbers in one statement, by how many there are: few texts of statements, each worth keeping. */
const SIZES = [1, 10, 100, 500] as const;
const LARGEST = 500;

/** The numbers in pieces of a few sizes; the last one is repeated to fill a piece. */
function* pieces(seqs: readonly number[]): Generator<number[]> {
  for (let at = 0; at < seqs.length; at += LARGEST) {
    const part = seqs.slice(at, at + LARGEST);
    const size = SIZES.find((candidate) => candidate >= part.length) ?? LARGEST;
    yield Array.from({ length: size }, (_, i) => part[Math.min(i, part.length - 1)] as number);
  }
}

/** The entries are done, dead letters too. Answers how many there were. */
export async function acknowledgeEntries(tx: Tx, groupId: number, seqs: readonly number[]): Promise<number> {
  let done = 0n;
  for (const piece of pieces(seqs)) {
    const { numDeletedRows } = await tx.sql
      .deleteFrom('group_entries')
      .where('group_id', '=', groupId)
      .where('seq', 'in', piece)
      .executeTakeFirst();
    done += numDeletedRows;
  }
  return Number(done);
}

/** Others may claim the entries at once. Answers how many there were. */
export async function releaseEntries(tx: Tx, groupId: number, seqs: readonly number[]): Promise<number> {
  let released = 0n;
  for (const piece of pieces(seqs)) {
    const { numUpdatedRows } = await tx.sql
      .updateTable('group_entries')
      .set({ visible_at: 0 })
      .where('group_id', '=', groupId)
      .where('seq', 'in', piece)
      .where('died', 'is', null)
      .executeTakeFirst();
    released += numUpdatedRows;
  }
  return Number(released);
}

/** Makes dead letters entries that have not been delivered: all of them, or those named. Answers how many. */
export async function reviveEntries(
  tx: Tx,
  groupId: number,
  seqs: readonly number[] | undefined,
): Promise<number> {
  const dead = tx.sql
    .updateTable('group_entries')
    .set({ died: null, deliveries: 0, visible_at: 0 })
    .where('group_id', '=', groupId)
    .where('died', 'is not', null);
  if (seqs === undefined) return Number((await dead.executeTakeFirst()).numUpdatedRows);
  let revived = 0n;
  for (const piece of pieces(seqs)) {
    revived += (await dead.where('seq', 'in', piece).executeTakeFirst()).numUpdatedRows;
  }
  return Number(revived);
}
