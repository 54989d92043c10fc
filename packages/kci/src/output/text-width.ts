const WIDE =
  /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/v;
const segmenter = new Intl.Segmenter();

/** Terminal columns that a character as people see it takes. */
function widthOf(grapheme: string): number {
  if (/^\p{M}/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Letters of ASCII and the lines that trees are drawn with: most of what is measured. */
const isPlain = (text: string) => /^[ -~\u2500-\u257f]*$/.test(text);

function* graphemes(text: string): Generator<string, void> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Terminal columns that text without line ends and control characters takes. */
export function textWidth(text: string): number {
  if (isPlain(text)) return text.length;
  return graphemes(text).reduce((width, grapheme) => width + widthOf(grapheme), 0);
}

/** The text, or its beginning and `…` where it is wider. */
export function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    used += widthOf(grapheme);
    if (used > width - 1) break;
    kept += grapheme;
  }
  return `${kept}…`;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}
