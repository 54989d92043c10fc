import { DomainError, invalid } from '../../errors.ts';

const wrong = (msg: string) => invalid({ type: 'value_error', loc: ['body', 'url'], msg, input: null });

/**
 * The address in its plain form. Throws `invalid` for what is none, and `bad_value` for one to which nothing may be
 * sent, as far as that can be seen already.
 */
export function checkedUrl(text: string, refuses: (url: URL) => boolean): string {
  if (!URL.canParse(text)) throw wrong('Must be an address such as https://ci.example.org/events');
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol)) throw wrong('Must be an http or https address');
  if (url.username !== '' || url.password !== '') throw wrong('Must not have a name or a password in it');
  if (refuses(url)) {
    const why = 'is not on the public internet: nothing is sent there (KCI_WEBHOOK_ALLOW_PRIVATE is off)';
    throw new DomainError('bad_value', `url: ${url.hostname} ${why}`);
  }
  url.hash = '';
  return url.href;
}
