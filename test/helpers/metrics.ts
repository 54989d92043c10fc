import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { call } from './http.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  name: string;
  labels: Labels;
  value: number;
}

/** What one instance tells Prometheus. */
export interface Exposition {
  /** By the names of the metrics, which for histograms are without `_bucket`, `_sum` and `_count`. */
  types: ReadonlyMap<string, string>;
  samples: readonly Sample[];
}

const SAMPLE = /^([a-z_:][\w:]*)(?:\{((?:[a-z_]\w*="(?:[^"\\]|\\["\\n])*",?)+)\})? (\S+)$/i;
const LABEL = /([a-z_]\w*)="((?:[^"\\]|\\["\\n])*)"/gi;

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, what: string) => (what === 'n' ? '\n' : what));

function readSample(line: string): Sample {
  const [, name = '', labels = '', number = ''] = SAMPLE.exec(line) ?? [];
  assert.notEqual(name, '', `not a line of Prometheus' text format: ${line}`);
  // Of what has not been measured yet there is no mean.
  const isNothing = number.toLowerCase() === 'nan';
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  assert.ok(isNothing || !Number.isNaN(value), line);
  const found = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, unescaped(text)]);
  return { name, labels: Object.fromEntries(found), value };
}

/** Reads Prometheus' text format. Throws for a line that is not of it. */
export function parseExposition(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = lines.flatMap((line) => {
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    return name === undefined || type === undefined ? [] : [[name, type] as const];
  });
  return { types: new Map(types), samples: lines.filter((line) => !line.startsWith('#')).map(readSample) };
}

export async function readMetrics(server: { url: string }): Promise<Exposition> {
  const { status, text } = await call(server, 'GET', '/metrics');
  assert.equal(status, 200, text);
  return parseExposition(text);
}

/** The value of the one series with that name and these labels, at least; undefined when there is none. */
export function valueIn({ samples }: Exposition, name: string, labels: Labels = {}): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  assert.ok(found.length <= 1, `${name} ${JSON.stringify(labels)} is not one series`);
  return found[0]?.value;
}

export const readValue = async (server: { url: string }, name: string, labels?: Labels) =>
  valueIn(await readMetrics(server), name, labels);

/** Waits until the series has the value, or one that fits; `undefined`: until it is not there. */
export async function untilMetric(
  server: { url: string },
  name: string,
  labels: Labels,
  wanted: number | undefined | ((value: number) => boolean),
): Promise<void> {
  const fits = (value: number | undefined) =>
    typeof wanted === 'function' ? value !== undefined && wanted(value) : value === wanted;
  let last: number | undefined;
  const what = `${name} ${JSON.stringify(labels)} is ${wanted}`;
  await eventually(what, async () => {
    last = await readValue(server, name, labels);
    return fits(last) ? true : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${what}; it is ${last}`, { cause: error });
  });
}

/** The value of a series, written as `GET /metrics` has it, labels included; undefined when there is none. */
export async function readFigure(server: { url: string }, series: string): Promise<number | undefined> {
  const sample = readSample(`${series} 0`);
  return readValue(server, sample.name, sample.labels);
}
