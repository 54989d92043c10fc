import { isIP } from 'node:net';
import { PASSWORD_MIN } from '@kernelci/model';

export type Env = Readonly<Record<string, string | undefined>>;

/** The configuration is wrong; the message lists each setting and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Reads settings from environment variables and gathers what is wrong with them. Empty counts as unset. */
/** In seconds: longer than anything lasts. */
const CENTURY = 100 * 365 * 24 * 3600;

export class EnvReader {
  readonly #env: Env;
  readonly #problems: string[] = [];

  constructor(env: Env) {
    this.#env = env;
  }

  complain(name: string, remedy: string): void {
    this.#problems.push(`${name}: ${remedy}`);
  }

  throwIfWrong(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  text(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** As it is, blanks at its ends included. */
  secret(name: string): string | undefined {
    const value = this.#env[name];
    return value === '' ? undefined : value;
  }

  /** Text on one line, as names are. */
  line(name: string): string | undefined {
    const value = this.text(name);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (value === undefined || !/[\u0000-\u001f\u007f-\u009f]/.test(value)) return value;
    this.complain(name, 'contains control characters');
    return undefined;
  }

  newPassword(name: string): string | undefined {
    const value = this.secret(name);
    if (value === undefined || [...value].length >= PASSWORD_MIN) return value;
    this.complain(name, `needs at least ${PASSWORD_MIN} characters`);
    return undefined;
  }

  email(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || /^[^\s@]+@[^\s@]+$/.test(value)) return value;
    this.complain(name, `"${value}" is not an email address`);
    return undefined;
  }

  list(name: string): string[] {
    const items = this.text(name)?.split(/[\s,]+/) ?? [];
    return items.filter((item) => item !== '');
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const found = allowed.find((item) => item === value);
    if (found === undefined) this.complain(name, `"${value}" is none of ${allowed.join(', ')}`);
    return found ?? fallback;
  }

  #integer(name: string, fallback: number, range: { min: number; max: number; what: string }): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= range.min && number <= range.max) return number;
    this.complain(name, `"${value}" is not ${range.what}`);
    return fallback;
  }

  positive(name: string, fallback: number): number {
    return this.#integer(name, fallback, {
      min: 1,
      max: CENTURY,
      what: `a whole number from 1 to ${CENTURY}`,
    });
  }

  /** From 0 on. */
  whole(name: string, fallback: number): number {
    return this.#integer(name, fallback, {
      min: 0,
      max: CENTURY,
      what: `a whole number from 0 to ${CENTURY}`,
    });
  }

  /** From 0 to the given number. */
  upTo(name: string, fallback: number, max: number): number {
    return this.#integer(name, fallback, { min: 0, max, what: `a whole number from 0 to ${max}` });
  }

  /** From 0 to 1. */
  ratio(name: string, fallback: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (number >= 0 && number <= 1) return number;
    this.complain(name, `"${value}" is not a number from 0 to 1`);
    return fallback;
  }

  port(name: string, fallback: number): number {
    return this.#integer(name, fallback, { min: 0, max: 65_535, what: 'a port from 0 to 65535' });
  }

  url(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^https?:\/\/./.test(value) && URL.canParse(value)) return value;
    this.complain(name, `"${value}" is not an http(s) address such as https://api.example.org`);
    return undefined;
  }

  /** A plain address, without a name before it. */
  mailbox(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value)) return value;
    this.complain(name, `"${value}" is not a plain address such as kernelci@example.org`);
    return undefined;
  }

  /** Origins as browsers name them, without a path, or `*` for all. */
  origins(name: string): string[] {
    const items = this.list(name);
    for (const item of items) {
      const isOrigin = /^https?:/.test(item) && URL.canParse(item) && new URL(item).origin === item;
      if (item === '*' || isOrigin) continue;
      this.complain(name, `"${item}" is neither an origin such as https://console.example.org nor *`);
    }
    return items;
  }

  /** IP addresses and networks (`10.0.0.0/8`), or the words `loopback`, `linklocal`, `uniquelocal`. */
  addresses(name: string): string[] {
    const items = this.list(name);
    for (const item of items) {
      const [address = '', prefix = '0'] = item.split('/');
      const named = ['loopback', 'linklocal', 'uniquelocal'].includes(item);
      const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
      if (!named && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)) {
        this.complain(
          name,
          `"${item}" is neither an address, a network nor loopback, linklocal, uniquelocal`,
        );
      }
    }
    return items;
  }
}
