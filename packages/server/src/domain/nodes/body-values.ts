import type { Problem } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { readTime } from './times.ts';
import { normalHttpUrl } from './urls.ts';

const PROBLEMS_MAX = 100;
const SHOWN_MAX = 100;
const TIME_HINT = 'Must be a date and time in ISO 8601, such as 2026-11-23T22:59:09.615';

/** Reads the values of a body that schemas cannot judge, and gathers what is wrong with them. */
export class BodyValues {
  readonly #problems: Problem[] = [];

  #add(problem: Problem): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }

  /** Throws `invalid` with all that was found wrong. */
  assertAll(): void {
    const problems = this.#problems;
    const [first] = problems;
    if (first === undefined) return;
    throw new DomainError('invalid', `${first.loc.join('.')}: ${first.msg}`, { problems });
  }

  /** The addresses in the URL standard's spelling; the same object when they are already. */
  artifacts(artifacts: Record<string, string> | null): Record<string, string> | null {
    if (artifacts === null) return null;
    let normal = artifacts;
    for (const name of Object.keys(artifacts)) {
      const text = artifacts[name] as string;
      const url = normalHttpUrl(text);
      if (url === undefined) {
        const loc = ['body', 'artifacts', name];
        const input = text.slice(0, SHOWN_MAX);
        this.#add({ type: 'url_parsing', loc, msg: 'Must be an http or https URL', input });
      } else if (url !== text) {
        if (normal === artifacts) normal = { ...artifacts };
        normal[name] = url;
      }
    }
    return normal;
  }

  /** In epoch milliseconds; anything when it is found wrong. */
  time(name: string, value: string | number): number {
    const time = readTime(value);
    if (time !== undefined) return time;
    this.#add({ type: 'datetime_parsing', loc: ['body', name], msg: TIME_HINT, input: value });
    return 0;
  }

  timeOrNull(name: string, value: string | number | null): number | null {
    return value === null ? null : this.time(name, value);
  }

  groups(names: string[]): string[] {
    if (names.length > 1 && new Set(names).size < names.length) {
      const repeated = names.find((name, i) => names.indexOf(name) < i);
      const msg = `Groups must have unique names, ${repeated} is there more than once`;
      this.#add({ type: 'value_error', loc: ['body', 'user_groups'], msg, input: null });
    }
    return names;
  }
}
