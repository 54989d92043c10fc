import { type PageQuery, toApiTime } from '@kernelci/model';
import { type DeadLetterRow, listDeadLetters } from '../../store/dead-letters.ts';
import type { Principal } from '../access/principal.ts';
import { feedEntryText } from '../events/entry-text.ts';
import type { Uses } from '../services.ts';
import { ownGroup } from './own-group.ts';

/** Dead letters in one answer: each may be large. */
const LIMIT_MAX = 1000;

function letterText(row: DeadLetterRow): string {
  const { deliveries, worker, died } = row;
  const behind = { delivery_count: deliveries, worker, died: toApiTime(died) };
  return feedEntryText(row, `,${JSON.stringify(behind).slice(1, -1)}`);
}

/** A page of the group's dead letters, oldest first, as JSON. Throws as `ownGroup`. */
export async function listDead(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  name: string,
  page: PageQuery,
): Promise<string> {
  const { id } = await ownGroup(s.db.reader, principal, name, 'look');
  const limit = Math.min(page.limit, LIMIT_MAX);
  const { offset } = page;
  const { rows, total } = await listDeadLetters(s.db.reader, id, { now: s.clock(), limit, offset });
  const items = rows.map(letterText).join(',');
  return `{"items":[${items}],"total":${total},"limit":${limit},"offset":${offset}}`;
}
