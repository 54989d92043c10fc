import { createParser } from 'eventsource-parser';
import { NotAnApiError } from '../errors.ts';
import { mediaType } from './answer.ts';
import { open } from './exchange.ts';
import { type RequestSpec, type TransportOptions, timeoutOf } from './request.ts';
import { retry } from './retry.ts';
import { Patience, texts } from './text-stream.ts';

const MEDIA_TYPE = 'text/event-stream';
/** Characters of one message; the API takes nothing half as long. */
const LONGEST = 64 * 1024 * 1024;

/** What a stream of server-sent events tells. */
export type StreamPart =
  /** Something came: the stream works. */
  | { type: 'alive' }
  /** How long to wait before the next connection. */
  | { type: 'retry'; ms: number }
  | { type: 'position'; id: string }
  /** Its id has been told as a position only when it is its own. */
  | { type: 'message'; event: string | undefined; data: string; id: string | undefined };

/**
 * What one connection tells, in order, until the server ends it. Ending the loop early ends the request.
 * @throws NotAnApiError when the answer is no stream of events
 */
export async function* streamMessages(
  options: TransportOptions,
  spec: RequestSpec,
  url: string,
): AsyncGenerator<StreamPart, void, undefined> {
  const patience = new Patience(timeoutOf(options, spec));
  const asEvents = { ...spec, headers: { ...spec.headers, accept: MEDIA_TYPE } };
  try {
    const opened = await retry(() => open(options, asEvents, url, patience.begin()));
    const { asked, response } = opened;
    if (mediaType(response.headers) !== MEDIA_TYPE) {
      const what = `${mediaType(response.headers) || 'something'} instead of a stream of events`;
      throw new NotAnApiError(asked, response.status, what);
    }
    const parts: StreamPart[] = [];
    const parser = partsParser(parts);
    for await (const text of texts(opened, patience)) {
      if (text === '') continue;
      parser.feed(text);
      yield { type: 'alive' };
      yield* parts.splice(0);
    }
  } finally {
    patience.end();
  }
}

function partsParser(parts: StreamPart[]) {
  return createParser({
    maxBufferSize: LONGEST,
    onRetry: (ms) => parts.push({ type: 'retry', ms }),
    onId: (id) => parts.push({ type: 'position', id }),
    onEvent: ({ id, event, data }) => {
      // A position is reached when its message has been taken, not before.
      const last = parts.at(-1);
      if (last?.type === 'position' && last.id === id) parts.pop();
      parts.push({ type: 'message', event, data, id });
    },
  });
}
