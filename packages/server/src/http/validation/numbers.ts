import type { Problem } from '@kernelci/model';

/** What may begin a number of 16 digits or of a large exponent. It may stand in a text as well. */
const SUSPICIOUS = /(?:^|[\s,:[])-?(?:\d{16}|\d+(?:\.\d+)?[eE]\+?\d{3})/;
/** Of the shortest number that may be altered: `1e400`. */
const SUSPICIOUS_LENGTH = 5;
const INTEGER = /^-?\d+$/;

const ALTERED = `Must be text, or an integer of at most ${Number.MAX_SAFE_INTEGER}, to be kept exactly`;
const TOO_LARGE = 'Must be a number that 64-bit floating point can hold';

function faultOf(literal: string): string | undefined {
  if (literal.length < SUSPICIOUS_LENGTH) return undefined;
  const value = Number(literal);
  if (!Number.isFinite(value)) return TOO_LARGE;
  return INTEGER.test(literal) && !Number.isSafeInteger(value) ? ALTERED : undefined;
}

/** Where the text ends whose opening quotation mark is at `start`. */
function endOfText(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  for (; ; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
/** Whether the character goes on with a number: a digit, or one of `+ - . E e`. */
const goesOn = (code: number): boolean =>
  isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === MINUS;

function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (goesOn(json.charCodeAt(end))) end += 1;
  return end;
}

/** Walks through the JSON, keeping the way to where it is: indices, and keys as they are written. */
function firstUnsafe(json: string): { path: Array<string | number>; msg: string } | undefined {
  const path: Array<string | number> = [];
  let text = '';
  for (let at = 0, end = 1; at < json.length; at = end, end = at + 1) {
    const code = json.charCodeAt(at);
    if (isDigit(code) || code === MINUS) {
      end = endOfNumber(json, at);
      const msg = faultOf(json.slice(at, end));
      if (msg !== undefined) return { path, msg };
      continue;
    }
    switch (json[at]) {
      case '"':
        end = endOfText(json, at);
        text = json.slice(at, end);
        break;
      case '{':
      case '[':
        path.push(json[at] === '[' ? 0 : '""');
        break;
      case '}':
      case ']':
        path.pop();
        break;
      case ':':
        path[path.length - 1] = text;
        break;
      case ',':
        if (typeof path.at(-1) === 'number') path[path.length - 1] = Number(path.at(-1)) + 1;
    }
  }
  return undefined;
}

/**
 * The first number in valid JSON that reading it would alter: an integer beyond 2^53, or what becomes infinite.
 * Fractions are read as the nearest number that there is, as everywhere.
 */
export function findUnsafeNumber(json: string): Problem | undefined {
  if (!SUSPICIOUS.test(json)) return undefined;
  const found = firstUnsafe(json);
  if (found === undefined) return undefined;
  const place = found.path.map((step) => (typeof step === 'string' ? String(JSON.parse(step)) : step));
  return { type: 'number_precision', loc: ['body', ...place], msg: found.msg, input: null };
}
