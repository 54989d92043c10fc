import { toApiTime } from '@kernelci/model';
import { eventsOfNode } from '../../store/events.ts';
import type { Uses } from '../services.ts';
import { nodeId } from './node-errors.ts';

/** What happened to the node, oldest first, as the text of a JSON list; as far back as the log is kept. */
export async function nodeHistory(
  s: Uses<'db'>,
  id: string,
  page: { limit: number; offset: number },
): Promise<string> {
  const events = await eventsOfNode(s.db.reader, nodeId(id), page);
  const entries = events.map((event) => {
    const { id: eventId, seq: sequence_id, channel, owner } = event;
    const head = JSON.stringify({
      id: eventId,
      sequence_id,
      timestamp: toApiTime(event.time),
      channel,
      owner,
    });
    return `${head.slice(0, -1)},"data":${event.data}}`;
  });
  return `[${entries.join(',')}]`;
}
