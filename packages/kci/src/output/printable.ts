/** Text of unknown origin for a terminal: without the characters that could move, hide or forge output. */
export function printable(text: string): string {
  return text.replace(/[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]--[\n\t]]/gv, '\ufffd');
}
