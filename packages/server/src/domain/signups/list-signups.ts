import { type Page, type PageQuery, type Signup, toApiTime } from '@kernelci/model';
import { listSignups as listRows, type SignupRow } from '../../store/signups.ts';
import type { Uses } from '../services.ts';

export function toSignup(row: SignupRow): Signup {
  const { id, username, email, state, decided_by } = row;
  const decided = row.decided === null ? null : toApiTime(row.decided);
  return { id, username, email, state, created: toApiTime(row.created), decided, decided_by };
}

export async function listSignups(
  s: Uses<'db'>,
  query: PageQuery & { state?: Signup['state'] },
): Promise<Page<Signup>> {
  const { state, limit, offset } = query;
  const { rows, total } = await listRows(s.db.reader, { state, limit, offset });
  return { items: rows.map(toSignup), total, limit, offset };
}
