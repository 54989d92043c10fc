/** The part of node:test's events that the tally reads. */
export interface TestEvent {
  type: string;
  data: {
    name?: string;
    nesting?: number;
    /** Where it is declared, which for suites made by a helper is the helper's file. */
    file?: string;
    skip?: string | boolean;
    todo?: string | boolean;
    success?: boolean;
    details?: { type?: string; error?: { failureType?: string } };
  };
}

export type CountedEngine = 'sqlite' | 'postgres' | 'running';
export type Group = CountedEngine | 'independent';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** ` [sqlite]` for a suite that exists on every engine, ` [sqlite only]` for one that does not. */
const SUITE_NAME = /^(.*) \[(sqlite|postgres|running)( only)?\]$/;

/**
 * Counts tests by the engine that their suite's name carries, and notices what must not pass silently.
 * It relies on node:test reporting one file after the other, each ending with its summary.
 */
export class Tally {
  readonly counts: Record<Group, Counts> = {
    sqlite: noneYet(),
    postgres: noneYet(),
    running: noneYet(),
    independent: noneYet(),
  };
  readonly #files: string[];
  /** By file: whether it says of itself that all went well. Absent when it did not come to its end. */
  readonly #verdicts = new Map<string, boolean>();
  readonly #filesWithFailures = new Set<string>();
  readonly #complaints: string[] = [];
  /** Names of the suites and tests that have begun, by nesting. */
  #open: string[] = [];
  #failures = 0;
  #pairs = new Map<string, Record<CountedEngine, number>>();

  constructor(files: string[]) {
    this.#files = files;
  }

  add({ type, data }: TestEvent): void {
    if (type === 'test:summary' && data.file !== undefined) {
      this.#endFile(data.file, data.success === true);
    } else if (type === 'test:start') {
      this.#open.length = data.nesting ?? 0;
      this.#open.push(data.name ?? '');
    } else if (type === 'test:fail' || type === 'test:pass') {
      this.#addResult(type === 'test:pass', data);
    }
  }

  /** What makes the run a failure although no test says so; each counts as one failure. */
  complaints(): string[] {
    const unfinished = this.#files.filter(
      (file) => !this.#verdicts.has(file) && !this.#filesWithFailures.has(file),
    );
    const failedUnseen = this.#files.filter(
      (file) => this.#verdicts.get(file) === false && !this.#filesWithFailures.has(file),
    );
    return [
      ...this.#complaints,
      ...unfinished.map((file) => `${file}: has no tests, or ended before they were done`),
      ...failedUnseen.map((file) => `${file}: failed outside its tests`),
    ];
  }

  #endFile(file: string, success: boolean): void {
    this.#verdicts.set(file, success);
    if (this.#failures > 0) this.#filesWithFailures.add(file);
    this.#failures = 0;
    for (const [suite, { sqlite, postgres }] of this.#pairs) {
      if (sqlite === postgres) continue;
      this.#complaints.push(`${file}: ${suite}: ${sqlite} tests on SQLite, ${postgres} on PostgreSQL`);
    }
    this.#pairs = new Map();
  }

  #addResult(passed: boolean, data: TestEvent['data']): void {
    const { name = '', nesting = 0 } = data;
    const isFile = this.#files.includes(name);
    const suites = isFile ? [] : this.#open.slice(0, nesting);
    if (!passed && isFile) this.#filesWithFailures.add(name);
    else if (!passed) this.#failures += 1;
    const leftOut = isSet(data.skip) || isSet(data.todo);
    if (leftOut && !hasReason(data)) {
      this.#complaints.push(`${[...suites, name].join(' › ')}: skipped or todo without a reason`);
    }
    const isTest = !isFile && data.details?.type !== 'suite';
    // A suite fails because of its tests, which are counted, or by itself.
    const failedByItself = !passed && (isFile || data.details?.error?.failureType !== 'subtestsFailed');
    if (!isTest && !leftOut && !failedByItself) return;
    const group = this.#groupOf(isTest ? suites : [...suites, name], isTest);
    this.counts[group][leftOut ? 'skipped' : passed ? 'passed' : 'failed'] += 1;
  }

  /** The engine that the innermost suite names which names one; tests are also counted for the comparison. */
  #groupOf(suites: string[], isTest: boolean): Group {
    const match = suites.map((name) => SUITE_NAME.exec(name)).findLast((found) => found !== null);
    const [, title = '', engine, only] = match ?? [];
    if (engine === undefined) return 'independent';
    if (isTest && only === undefined) {
      const pair = this.#pairs.get(title) ?? { sqlite: 0, postgres: 0, running: 0 };
      this.#pairs.set(title, pair);
      pair[engine as CountedEngine] += 1;
    }
    return engine as CountedEngine;
  }
}

function noneYet(): Counts {
  return { passed: 0, failed: 0, skipped: 0 };
}

function hasReason({ skip, todo }: TestEvent['data']): boolean {
  return [skip, todo].some((reason) => typeof reason === 'string' && reason.trim() !== '');
}

function isSet(value: string | boolean | undefined): boolean {
  return value !== undefined && value !== false;
}
