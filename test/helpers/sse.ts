import assert from 'node:assert/strict';
import { cleanUpAfterFile } from './cleanup.ts';

export interface SseBlock {
  id?: string;
  event?: string;
  data?: string;
  retry?: string;
  /** A line that begins with a colon. */
  comment?: string;
}

/** A connection that server-sent events come through, read block by block. */
export class SseClient {
  readonly headers: Headers;
  readonly #controller: AbortController;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  constructor(response: Response, controller: AbortController) {
    this.headers = response.headers;
    this.#controller = controller;
    assert.ok(response.body);
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    cleanUpAfterFile(async () => this.close());
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    const controller = new AbortController();
    const response = await fetch(url, { headers, signal: controller.signal });
    assert.equal(response.status, 200, response.status === 200 ? '' : await response.text());
    return new SseClient(response, controller);
  }

  /** The next block; undefined when the server has ended the stream. */
  async next(): Promise<SseBlock | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return parse(block);
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  /** The next so many blocks with data. */
  async entries(count: number): Promise<SseBlock[]> {
    const found: SseBlock[] = [];
    while (found.length < count) {
      const block = await this.next();
      assert.ok(block, `the stream ended after ${found.length} entries`);
      if (block.data !== undefined) found.push(block);
    }
    return found;
  }

  close(): void {
    this.#controller.abort();
  }
}

function parse(text: string): SseBlock {
  const fields = text.split('\n').map((line) => {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    return [name === '' ? 'comment' : name, value];
  });
  return Object.fromEntries(fields) as SseBlock;
}
