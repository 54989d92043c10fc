/**
 * Addresses that are already written as the URL standard writes them, told at a glance: most are. A host of plain
 * labels whose last begins with a letter, so that it is no number; no port, user or fragment; no segment that may be
 * nothing but dots; nothing that would have to be encoded.
 */
const PLAIN = new RegExp(
  [
    '^https?://(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,8}[a-z][a-z0-9]{1,62}/',
    '(?:SEGMENT(?:/SEGMENT)*/?)?'.replaceAll('SEGMENT', "\\.?[\\w~!$&'()*+,;=:@-][\\w.~!$&'()*+,;=:@%-]*"),
    '(?:\\?[\\w.~!$&()*+,;=:@%/?-]*)?$',
  ].join(''),
);
const PUNYCODE = 'xn--';

const isPlain = (text: string): boolean => PLAIN.test(text) && !text.includes(PUNYCODE);

/** Whether the text is an absolute URL of any scheme. */
export function isUrl(text: string): boolean {
  return isPlain(text) || URL.canParse(text);
}

/** The URL in the standard's spelling; undefined when the text is none. */
export function normalUrl(text: string): string | undefined {
  return isPlain(text) ? text : URL.parse(text)?.href;
}

/** The same for http and https only: `http://H` is `http://h/`; blanks and what is not ASCII come encoded. */
export function normalHttpUrl(text: string): string | undefined {
  if (isPlain(text)) return text;
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined;
}
