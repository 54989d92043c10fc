const COUNTER_LIMIT = 0x1000000;

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const machine = hex(crypto.getRandomValues(new Uint8Array(5)));
let counter = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % COUNTER_LIMIT;

/**
 * A new 24-digit hexadecimal id in the layout of MongoDB's ObjectId (seconds, random per process, counter),
 * so that ids sort roughly by time and clients that check or slice the pattern keep working.
 */
export function newId(now: number = Date.now()): string {
  counter = (counter + 1) % COUNTER_LIMIT;
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return seconds + machine + counter.toString(16).padStart(6, '0');
}

/** Whether the text is a valid id: 24 hexadecimal digits in either case. */
export function isId(text: string): boolean {
  return /^[0-9a-fA-F]{24}$/.test(text);
}
