/** Characters that stand for themselves, in a document's JSON too but for an escape. */
const PLAIN = /^[ -~]$/;
const PUNCTUATION = /^[!-/:-@[-`{-~]$/;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/;
/** Forms that change what follows, or that are too rare to be taken apart. */
const OTHER_FORMS = /\(\?|\\[QCpPx]/;
const NO_WIDTH = /^(?:[$^]|\\[AbBz])/;

interface Atom {
  length: number;
  /** The one character that it stands for; undefined when it may be several. */
  character?: string;
}

/** The length of the class or group that the text begins with; that of the text when it does not end. */
function lengthOfNested(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '\\') i += 1;
    else if (character === '[') i += lengthOfClass(text.slice(i)) - 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0 && character !== '\\') return i + 1;
  }
  return text.length;
}

function lengthOfClass(text: string): number {
  // A bracket right at the beginning stands for itself; classes such as [:alpha:] end with one.
  return /^\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\\\]])*\]/s.exec(text)?.[0].length ?? text.length;
}

function atomOf(text: string): Atom {
  const [first = '', second = ''] = text;
  if (first === '[' || first === '(') return { length: lengthOfNested(text) };
  if (first === '\\') return { length: 2, ...(PUNCTUATION.test(second) && { character: second }) };
  if (first === '.' || !PLAIN.test(first)) return { length: first.length };
  return { length: 1, character: first };
}

/**
 * The longest text that is known to be in everything the regular expression (RE2's syntax) matches; empty when none
 * is. There may be a longer one.
 */
export function requiredText(pattern: string): string {
  if (OTHER_FORMS.test(pattern)) return '';
  let longest = '';
  let run = '';
  const end = (text: string) => {
    if (text.length > longest.length) longest = text;
    run = '';
  };
  for (let rest = pattern; rest !== ''; ) {
    const nothing = NO_WIDTH.exec(rest)?.[0];
    if (nothing !== undefined) {
      rest = rest.slice(nothing.length);
      continue;
    }
    // One of two alternatives may be what is matched.
    if (rest.startsWith('|')) return '';
    const { length, character } = atomOf(rest);
    rest = rest.slice(length);
    const [quantifier, least] = QUANTIFIER.exec(rest) ?? [''];
    rest = rest.slice(quantifier.length);
    const mayBeLeftOut = /^[*?]/.test(quantifier) || Number(least ?? 1) === 0;
    if (character !== undefined && !mayBeLeftOut) run += character;
    if (character === undefined || quantifier !== '') end(run);
  }
  end(run);
  return longest;
}
