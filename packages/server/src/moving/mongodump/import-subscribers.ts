import { NODE_CHANNEL } from '../../store/event-scan.ts';
import { lastSeq } from '../../store/events.ts';
import {
  insertSubscriber,
  knownSubscribers,
  numberEventsAbove,
  tellMissing,
} from '../../store/moving/imported.ts';
import { findUserByName } from '../../store/users.ts';
import { attempt, eachBatch, type Importing } from './collection.ts';
import { date, type Fields, fieldsOf, flag, LeftOut, plain, storable, text } from './plain.ts';

function subscriberOf(fields: Fields) {
  const name = text(fields, 'subscriber_id');
  const user = text(fields, 'user');
  if (!name) throw new LeftOut('it has no subscriber_id');
  if (!user) throw new LeftOut('it has no user');
  const channel = text(fields, 'channel') ?? NODE_CHANNEL;
  storable(JSON.stringify([name, user, channel]));
  const position = plain(fields.last_event_id ?? null);
  return {
    ...{ name, user, channel },
    promiscuous: flag(fields, 'promiscuous') ? (1 as const) : (0 as const),
    position: Number.isSafeInteger(position) && Number(position) >= 0 ? Number(position) : undefined,
    created: date(fields, 'created_at'),
    lastPoll: date(fields, 'last_poll') ?? null,
  };
}

type Subscriber = ReturnType<typeof subscriberOf>;

/** Those who have never been told anything begin at the end of the log, as they would have. */
async function takeSubscriber({ db }: Importing, subscriber: Subscriber): Promise<void> {
  await db.write(async (tx) => {
    const user = await findUserByName(tx, subscriber.user);
    if (user === undefined) throw new LeftOut(`its user "${subscriber.user}" is not known`);
    await numberEventsAbove(tx, subscriber.position ?? 0);
    await tellMissing(tx, subscriber.position ?? 0);
    await insertSubscriber(tx, {
      channel: subscriber.channel,
      user_id: user.id,
      promiscuous: subscriber.promiscuous,
      subscriber_id: subscriber.name,
      cursor: subscriber.position ?? (await lastSeq(tx)),
      created: subscriber.created ?? Date.now(),
      last_poll: subscriber.lastPoll,
    });
  });
}

/** Takes the positions of durable subscribers: each goes on behind the last event that it has acknowledged. */
export async function importSubscribers(importing: Importing): Promise<void> {
  const names = { collection: 'subscriber_state', title: 'subscriptions' };
  await eachBatch(importing, names, async (documents, tally) => {
    const subscribers = documents.flatMap((document) => {
      const make = () => subscriberOf(fieldsOf(document));
      return attempt(tally, () => String(document.length), make) ?? [];
    });
    const known = await knownSubscribers(
      importing.db.reader,
      subscribers.map(({ name }) => name),
    );
    for (const subscriber of subscribers) {
      if (known.has(subscriber.name)) tally.there += 1;
      else {
        try {
          await takeSubscriber(importing, subscriber);
          tally.taken += 1;
        } catch (error) {
          if (!(error instanceof LeftOut)) throw error;
          tally.leaveOut(error.message, subscriber.name);
        }
      }
      known.add(subscriber.name);
    }
  });
}
