const BLANK = /\s/;
const WORD_END = /[\s,:[\]{}"]|$/g;

/** A token of a JSON text and where it ends. */
export interface JsonToken {
  /** One of `{ } [ ] , :`, or a string, number or literal as it is written. */
  text: string;
  start: number;
  end: number;
}

/** Splits valid JSON into tokens; on other text the result has no meaning. */
export function* jsonTokens(json: string): Generator<JsonToken, void, undefined> {
  for (let start = 0; start < json.length; ) {
    const first = json.charAt(start);
    if (BLANK.test(first)) {
      start += 1;
      continue;
    }
    const end = tokenEnd(json, start, first);
    yield { text: json.slice(start, end), start, end };
    start = end;
  }
}

function tokenEnd(json: string, start: number, first: string): number {
  if (first === '"') return stringEnd(json, start);
  if ('{}[],:'.includes(first)) return start + 1;
  WORD_END.lastIndex = start;
  return WORD_END.exec(json)?.index ?? json.length;
}

function stringEnd(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
}
