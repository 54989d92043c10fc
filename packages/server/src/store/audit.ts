import type { Insertable, Selectable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { AuditTable } from './schema.ts';

export type AuditRow = Selectable<AuditTable>;

export interface AuditFilter {
  action?: string | undefined;
  actor?: string | undefined;
  target?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
  limit: number;
  offset: number;
}

export async function insertAudit(tx: Tx, row: Insertable<AuditTable>): Promise<void> {
  await tx.sql.insertInto('audit').values(row).execute();
}

/** The entries that match, newest first. */
export async function listAudit(
  x: Executor,
  filter: AuditFilter,
): Promise<{ rows: AuditRow[]; total: number }> {
  let query = x.sql.selectFrom('audit');
  if (filter.action !== undefined) query = query.where('action', '=', filter.action);
  if (filter.actor !== undefined) query = query.where('actor_name', '=', filter.actor);
  if (filter.target !== undefined) query = query.where('target_name', '=', filter.target);
  if (filter.since !== undefined) query = query.where('time', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('time', '<', filter.until);
  const rows = await query
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(filter.limit)
    .offset(filter.offset)
    .execute();
  return { rows, total: await count(query) };
}
