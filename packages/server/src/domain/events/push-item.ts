import { newId, type PublishBody } from '@kernelci/model';
import { insertItem } from '../../store/list-items.ts';
import type { Uses } from '../services.ts';
import { listedCloudEvent } from './cloud-event.ts';
import { dataText, ownAttributes } from './publish.ts';

/** Puts an item at the end of the list. */
export async function pushItem(s: Uses<'db' | 'clock'>, list: string, body: PublishBody): Promise<void> {
  const now = s.clock();
  const attributes = ownAttributes(body) ?? null;
  const event = listedCloudEvent({ id: newId(now), time: now, data: dataText(body), attributes });
  await s.db.write((tx) => insertItem(tx, list, event));
}
