import { jsonSource } from './json-source.ts';
import { jsonTokens } from './json-tokens.ts';

const PLAIN = /^"[ -!#-[\]-~]*"$/;
const NOT_ASCII = /[\x7f-\uffff]/g;

/**
 * A value as Python's `json.dumps` writes it: ASCII, `", "` and `": "`, keys in their order.
 * @param indent blanks of each level; 0 or none: all on one line
 */
export function pythonJson(value: unknown, indent = 0): string {
  const pieces: string[] = [];
  let depth = 0;
  let previous = '';
  for (const { text } of jsonTokens(jsonSource(value))) {
    const closes = text === '}' || text === ']';
    if (closes) depth -= 1;
    pieces.push(blank(previous, closes, indent, depth), piece(text));
    if (text === '{' || text === '[') depth += 1;
    previous = text;
  }
  return pieces.join('');
}

/** What separates a token from the one before it. */
function blank(previous: string, closes: boolean, indent: number, depth: number): string {
  if (previous === ':') return ' ';
  const opened = previous === '{' || previous === '[';
  if (closes ? opened : !opened && previous !== ',') return '';
  if (indent > 0) return closes || opened || previous === ',' ? `\n${' '.repeat(indent * depth)}` : '';
  return previous === ',' ? ' ' : '';
}

function piece(token: string): string {
  return token.startsWith('"') ? asciiString(token) : token;
}

function asciiString(token: string): string {
  if (PLAIN.test(token)) return token;
  return JSON.stringify(JSON.parse(token)).replace(
    NOT_ASCII,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
