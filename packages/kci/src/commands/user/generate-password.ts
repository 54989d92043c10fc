import { randomInt } from 'node:crypto';

const LENGTH = 20;
/** Without what looks alike, and without what shells, mails and web pages treat specially. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%+-.:=@_';
const LETTERS = 46;

/** A random password of about 120 bits, which begins with a letter. */
export function generatePassword(): string {
  return Array.from(
    { length: LENGTH },
    (_, at) => ALPHABET[randomInt(at === 0 ? LETTERS : ALPHABET.length)],
  ).join('');
}
