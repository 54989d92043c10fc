import { appendFileSync } from 'node:fs';

export interface Measurement {
  what: string;
  value: number;
  unit: string;
  /** The target: the value must be this or more. */
  atLeast?: number;
  /** The target: the value must be this or less. */
  atMost?: number;
  /** More to know, in the order of showing. */
  more?: Record<string, number | string>;
}

export interface Context {
  scenario: string;
  engine: string;
  nodes: number;
}

const WIDTHS = [54, 12, 8, 12, 8];

const inFew = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
};

export function isMet({ value, atLeast, atMost }: Measurement): boolean | undefined {
  if (atLeast !== undefined) return value >= atLeast;
  return atMost === undefined ? undefined : value <= atMost;
}

function verdictOf(measurement: Measurement): string {
  const met = isMet(measurement);
  if (met === undefined) return '';
  return met ? 'met' : 'MISSED';
}

function targetOf({ atLeast, atMost }: Measurement): string {
  if (atLeast !== undefined) return `>= ${inFew(atLeast)}`;
  return atMost === undefined ? '' : `<= ${inFew(atMost)}`;
}

const cells = (values: string[]): string =>
  values
    .map((value, i) => (i === 1 ? value.padStart(WIDTHS[i] ?? 0) : value.padEnd(WIDTHS[i] ?? 0)))
    .join(' ')
    .trimEnd();

/** Prints what was measured as tables, and keeps it as lines of JSON where that was asked for. */
export class Report {
  readonly #jsonFile: string | undefined;
  #context: Context = { scenario: '', engine: '', nodes: 0 };
  #missed = 0;

  constructor(jsonFile: string | undefined) {
    this.#jsonFile = jsonFile;
  }

  get missed(): number {
    return this.#missed;
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) process.stdout.write(`${line}\n`);
  }

  begin(context: Context): void {
    this.#context = context;
    const { scenario, engine, nodes } = context;
    this.lines(['', `${scenario} on ${engine}, ${nodes} nodes`]);
    this.lines([cells(['', 'value', 'unit', 'target', 'verdict', 'more'])]);
  }

  add(measurement: Measurement): void {
    this.note(measurement);
    this.show(measurement);
  }

  /** Shows the measurement, but does not count it. */
  show(measurement: Measurement): void {
    const more = Object.entries(measurement.more ?? {}).map(
      ([name, value]) => `${name} ${typeof value === 'number' ? inFew(value) : value}`,
    );
    const { what, value, unit } = measurement;
    const row = [what, inFew(value), unit, targetOf(measurement), verdictOf(measurement), more.join(', ')];
    this.lines([cells(row)]);
  }

  /** Counts the measurement and keeps it, but does not show it. */
  note(measurement: Measurement): void {
    if (isMet(measurement) === false) this.#missed += 1;
    if (this.#jsonFile === undefined) return;
    const line = { ...this.#context, ...measurement, verdict: verdictOf(measurement) || undefined };
    appendFileSync(this.#jsonFile, `${JSON.stringify(line)}\n`);
  }
}
