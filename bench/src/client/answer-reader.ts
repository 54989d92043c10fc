const HEAD_END = '\r\n\r\n';
const STATUS_AT = 9;
const CHUNKS_END = Buffer.from('0\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** Reads one answer of HTTP/1.1 from a connection that has one request under way. */
export class AnswerReader {
  status = 0;
  head = '';
  /** Of the body; with chunks, their sizes included. */
  bytes = 0;
  #pending: Buffer = NOTHING;
  /** Bytes of the body that are still to come; undefined while reading the head, and with chunks. */
  #missing: number | undefined;
  #chunked = false;
  #tail: Buffer = NOTHING;
  #keep = false;
  #parts: Buffer[] = [];

  begin(keepBody: boolean): void {
    this.head = '';
    this.bytes = 0;
    this.#pending = NOTHING;
    this.#missing = undefined;
    this.#chunked = false;
    this.#keep = keepBody;
    if (this.#parts.length > 0) this.#parts = [];
  }

  /** Answers whether the answer is complete. */
  feed(chunk: Buffer): boolean {
    if (this.head !== '') return this.#readBody(chunk);
    const text = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const end = text.indexOf(HEAD_END);
    if (end < 0) {
      this.#pending = text;
      return false;
    }
    this.#readHead(text.toString('latin1', 0, end));
    return this.#readBody(text.subarray(end + HEAD_END.length));
  }

  body(): Buffer {
    const whole = Buffer.concat(this.#parts);
    return this.#chunked ? withoutChunkSizes(whole) : whole;
  }

  #readHead(head: string): void {
    this.head = head;
    this.status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    this.#chunked = length === null && /\r\ntransfer-encoding: *chunked/i.test(head);
    this.#missing = length === null ? 0 : Number(length[1]);
    this.#tail = NOTHING;
  }

  #readBody(part: Buffer): boolean {
    this.bytes += part.length;
    if (this.#keep) this.#parts.push(part);
    if (!this.#chunked) {
      this.#missing = (this.#missing ?? 0) - part.length;
      return this.#missing <= 0;
    }
    // Nothing follows the answer, so it has ended when what came last is the last chunk.
    this.#tail = Buffer.concat([this.#tail, part]).subarray(-CHUNKS_END.length);
    return this.#tail.equals(CHUNKS_END);
  }
}

function withoutChunkSizes(chunked: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < chunked.length; ) {
    const end = chunked.indexOf('\r\n', at);
    const size = Number.parseInt(chunked.toString('latin1', at, end), 16);
    parts.push(chunked.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
