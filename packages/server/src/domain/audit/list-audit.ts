import { type AuditEntry, type Page, toApiTime } from '@kernelci/model';
import { type AuditFilter, type AuditRow, listAudit } from '../../store/audit.ts';
import type { Uses } from '../services.ts';

const parsed = (json: string | null) =>
  json === null ? null : (JSON.parse(json) as Record<string, unknown>);

function toEntry(row: AuditRow): AuditEntry {
  const target =
    row.target_type === null
      ? null
      : { type: row.target_type, id: row.target_id ?? '', name: row.target_name ?? '' };
  return {
    id: row.id,
    time: toApiTime(row.time),
    actor: row.actor_id === null ? null : { id: row.actor_id, username: row.actor_name ?? '' },
    token_id: row.token_id,
    address: row.address,
    request_id: row.request_id,
    action: row.action,
    target,
    before: parsed(row.before_json),
    after: parsed(row.after_json),
  };
}

/** The administrative acts that match, newest first. */
export async function listActs(s: Uses<'db'>, filter: AuditFilter): Promise<Page<AuditEntry>> {
  const { rows, total } = await listAudit(s.db.reader, filter);
  return { items: rows.map(toEntry), total, limit: filter.limit, offset: filter.offset };
}
