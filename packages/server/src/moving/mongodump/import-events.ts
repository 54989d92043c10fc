import type { EventRow } from '../../store/event-row.ts';
import {
  eventsNumbered,
  numberEventsAbove,
  restoreEvents,
  tellMissing,
} from '../../store/moving/imported.ts';
import type { Tally } from '../report.ts';
import { attempt, eachBatch, type Importing } from './collection.ts';
import { DamagedDump, documentsIn } from './documents.ts';
import { eventOf, sequenceOf } from './event-of.ts';
import { type Fields, fieldsOf, LeftOut, ownId } from './plain.ts';

export interface Numbering {
  /** The largest number that an event of the dump has; 0 when none has one. */
  largest: number;
  /** The number of the first event that has none of its own: all of them come right before those that have. */
  firstOwn: number;
}

/** Reads the numbers of all events, so that those without can be given some. */
export async function readNumbering({ dump }: Importing): Promise<Numbering> {
  const file = dump.file('eventhistory');
  let [smallest, largest, without] = [Number.POSITIVE_INFINITY, 0, 0];
  try {
    for await (const { documents } of file === undefined ? [] : documentsIn(file)) {
      for (const document of documents) {
        const seq = safely(() => sequenceOf(fieldsOf(document)));
        if (seq === undefined) without += 1;
        else [smallest, largest] = [Math.min(smallest, seq), Math.max(largest, seq)];
      }
    }
  } catch (error) {
    // The same damage is met again, and told, when the events are taken.
    if (!(error instanceof DamagedDump)) throw error;
  }
  if (largest === 0) return { largest: without, firstOwn: 1 };
  return { largest, firstOwn: smallest - without };
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof LeftOut) return undefined;
    throw error;
  }
}

const nameOf = (fields: Fields): string => safely(() => ownId(fields)) ?? 'no id';

/** The entry, unless the log has it, or another one under its number. */
function unlessThere(event: EventRow, taken: Map<number, string>, tally: Tally): EventRow[] {
  const holder = taken.get(event.seq);
  if (holder === event.id) tally.there += 1;
  else if (holder !== undefined)
    tally.leaveOut('its sequence_id belongs to another event', `${event.id} (${event.seq})`);
  if (holder !== undefined) return [];
  taken.set(event.seq, event.id);
  return [event];
}

/** Takes the events under their numbers; those from before there were numbers come before all others. */
export async function importEvents(importing: Importing, numbering: Numbering): Promise<void> {
  const { db } = importing;
  let next = numbering.firstOwn;
  // Whoever appends meanwhile does so above all that will come.
  await db.write((tx) => numberEventsAbove(tx, numbering.largest));
  await eachBatch(importing, { collection: 'eventhistory', title: 'events' }, async (documents, tally) => {
    const events = documents.flatMap((document) => {
      const fields = attempt(
        tally,
        () => 'unreadable',
        () => fieldsOf(document),
      );
      const seq = (fields && sequenceOf(fields)) ?? next++;
      const make = () => {
        if (seq < 1) throw new LeftOut('it has no sequence_id, and no number is free before the first');
        return eventOf(fields as Fields, seq);
      };
      return fields === undefined ? [] : (attempt(tally, () => nameOf(fields), make) ?? []);
    });
    const taken = await eventsNumbered(
      db.reader,
      events.map(({ seq }) => seq),
    );
    const missing = events.flatMap((event) => unlessThere(event, taken, tally));
    await db.write((tx) => restoreEvents(tx, missing));
    tally.taken += missing.length;
  });
  await db.write((tx) => tellMissing(tx, numbering.largest));
}
