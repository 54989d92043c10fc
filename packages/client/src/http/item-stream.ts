import { NotAnApiError } from '../errors.ts';
import { isJson, notJson } from './answer.ts';
import { ArraySplitter } from './array-splitter.ts';
import { open } from './exchange.ts';
import { type RequestSpec, type TransportOptions, timeoutOf } from './request.ts';
import { retry } from './retry.ts';
import { Patience, texts } from './text-stream.ts';

/**
 * The items of an answer that is a JSON array, parsed while they arrive: an answer may be larger than memory. Ending
 * the loop over them early ends the request.
 */
export async function* streamItems(
  options: TransportOptions,
  spec: RequestSpec,
  url: string,
): AsyncGenerator<unknown, void, undefined> {
  const patience = new Patience(timeoutOf(options, spec));
  try {
    const opened = await retry(() => open(options, spec, url, patience.begin()));
    const { asked, response } = opened;
    const wrong = (what: string) => new NotAnApiError(asked, response.status, what);
    if (!isJson(response.headers)) throw wrong(notJson(response.headers));
    const splitter = new ArraySplitter();
    for await (const text of texts(opened, patience)) {
      for (const item of splitter.push(text)) yield parsed(options, item, () => wrong('broken JSON'));
      if (splitter.broken) throw wrong('what a KernelCI API would not answer');
    }
    if (!splitter.ended) throw wrong('broken JSON');
  } finally {
    patience.end();
  }
}

function parsed(options: TransportOptions, text: string, wrong: () => Error): unknown {
  try {
    return (options.parseJson ?? JSON.parse)(text);
  } catch {
    throw wrong();
  }
}
