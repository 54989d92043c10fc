import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Engine } from './data/data-set.ts';
import { SCENARIOS, type ScenarioName } from './scenarios/index.ts';

export interface Options {
  scenarios: ScenarioName[];
  engines: Engine[];
  sizes: number[];
  cache: string;
  databaseUrl: string | undefined;
  seconds: number;
  rounds: number;
  seed: number;
  days: number;
  fresh: boolean;
  json: string | undefined;
  profile: string | undefined;
}

export const USAGE = `usage: npm run bench -- [SCENARIO…] [OPTIONS]
Scenarios: ${Object.keys(SCENARIOS).join(', ')}; all of them when none is named; "load" makes the data sets only.
  --engine sqlite|postgres|both  default: both
  --nodes 10k,100k,1M            sizes of the data sets; default: 1M
  --cache DIR                    where data sets are kept; default: BENCH_CACHE, else in the folder for temporary files
  --seconds N                    for each measurement by the clock; default: 8
  --rounds N                     how often measurements are repeated; default: 3
  --seed N, --days N             of the data sets; default: 1, 180
  --fresh                        make the data sets anew
  --json FILE                    append every measurement to the file as a line of JSON
  --profile DIR                  leave processor profiles of the server there, and show where its time went
BENCH_DATABASE_URL names a PostgreSQL to use; without it, one is started from the cache folder.
`;

const UNITS: Record<string, number> = { '': 1, k: 1000, m: 1_000_000 };

function size(text: string): number {
  const match = /^(\d+)([kKmM]?)$/.exec(text);
  const unit = UNITS[match?.[2]?.toLowerCase() ?? '?'];
  if (match === null || unit === undefined) throw new Error(`--nodes: "${text}" is not like 10k, 100k or 1M`);
  return Number(match[1]) * unit;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name}: "${text}" is not a number above 0`);
  return value;
}

function enginesOf(text: string): Engine[] {
  if (text === 'both') return ['sqlite', 'postgres'];
  if (text === 'sqlite' || text === 'postgres') return [text];
  throw new Error(`--engine: "${text}" is none of sqlite, postgres, both`);
}

function scenariosOf(names: readonly string[]): ScenarioName[] {
  const known = Object.keys(SCENARIOS) as ScenarioName[];
  if (names.length === 0) return known;
  if (names.includes('load')) return [];
  const unknown = names.find((name) => !(known as string[]).includes(name));
  if (unknown !== undefined) throw new Error(`there is no scenario "${unknown}"`);
  return known.filter((name) => names.includes(name));
}

/** Throws an Error that says what is wrong with the arguments; undefined when help was asked for. */
export function readOptions(
  argv: string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | undefined {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      engine: { ...text, default: 'both' },
      nodes: { ...text, default: '1M' },
      cache: { ...text, default: env.BENCH_CACHE ?? path.join(tmpdir(), 'kernelci-bench') },
      seconds: { ...text, default: '8' },
      rounds: { ...text, default: '3' },
      seed: { ...text, default: '1' },
      days: { ...text, default: '180' },
      fresh: { type: 'boolean', default: false },
      json: text,
      profile: text,
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    scenarios: scenariosOf(positionals),
    engines: enginesOf(values.engine),
    sizes: values.nodes.split(',').map(size),
    cache: path.resolve(values.cache),
    databaseUrl: env.BENCH_DATABASE_URL || undefined,
    seconds: positive('seconds', values.seconds),
    rounds: Math.ceil(positive('rounds', values.rounds)),
    seed: positive('seed', values.seed),
    days: positive('days', values.days),
    fresh: values.fresh,
    json: values.json,
    profile: values.profile === undefined ? undefined : path.resolve(values.profile),
  };
}
