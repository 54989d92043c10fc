import type { NodeResult } from '@kernelci/model';
import { Agenda } from './agenda.ts';
import { type Random, Shares } from './random.ts';
import type { Branch, Build, Job, Platform, TestCase, World } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What the numbers below give on average: checkout, builds, jobs, tests and regressions. */
export const NODES_PER_CHECKOUT = 795;

/** Times are milliseconds since the data set's first moment. */
interface Planned {
  at: number;
  doneAt: number;
  result: NodeResult;
  /** Set when the node is made, which is before anything below it is. */
  id: string;
}

export interface CheckoutPlan extends Planned {
  kind: 'checkout';
  branch: Branch;
  owner: string;
  submitter: string;
  treeid: string;
  commit: string;
  number: number;
}
export interface ProcessPlan extends Planned {
  kind: 'process';
  checkout: CheckoutPlan;
}
export interface BuildPlan extends Planned {
  kind: 'kbuild';
  checkout: CheckoutPlan;
  build: Build;
  runtime: string;
}
export interface JobPlan extends Planned {
  kind: 'job';
  build: BuildPlan;
  job: Job;
  platform: Platform;
  retries: number;
}
export interface TestResult {
  test: TestCase;
  result: NodeResult;
}
/** All results of a job: they come together. */
export interface TestsPlan {
  kind: 'test';
  at: number;
  job: JobPlan;
  results: TestResult[];
}
export interface RegressionsPlan {
  kind: 'regression';
  at: number;
  job: JobPlan;
  failed: TestResult[];
}
export type Burst = CheckoutPlan | ProcessPlan | BuildPlan | JobPlan | TestsPlan | RegressionsPlan;

/** Nodes that the burst stands for. */
export function sizeOf(burst: Burst): number {
  if (burst.kind === 'test') return burst.results.length;
  return burst.kind === 'regression' ? burst.failed.length : 1;
}

const KBUILDS_FROM = 24;
const KBUILDS_TO = 37;
/** Builds of these are only built. */
const UNTESTED = 0.3;
const JOBS_MAX = 6;
const REGRESSION = 0.25;

const BUILD_RESULTS = new Shares<NodeResult>([
  ['pass', 93],
  ['fail', 6],
  ['incomplete', 1],
]);
const JOB_RESULTS = new Shares<NodeResult>([
  ['pass', 84],
  ['fail', 6],
  ['incomplete', 10],
]);

function planCheckout(world: World, random: Random, at: number, number: number): CheckoutPlan {
  return {
    kind: 'checkout',
    at,
    doneAt: at + random.between(6, 14) * HOUR,
    result: random.chance(0.98) ? 'pass' : 'incomplete',
    id: '',
    branch: world.branches.pick(random),
    owner: world.owners.pick(random),
    submitter: world.submitters.pick(random),
    treeid: random.hex(64),
    commit: random.hex(40),
    number,
  };
}

function* belowCheckout(world: World, random: Random, checkout: CheckoutPlan): Generator<Burst> {
  const start = checkout.at + random.between(2, 12) * MINUTE;
  const times = { at: start, doneAt: start + MINUTE };
  yield { kind: 'process', ...times, result: 'pass', id: '', checkout };
  if (checkout.result !== 'pass') return;
  const wanted = KBUILDS_FROM + random.below(KBUILDS_TO - KBUILDS_FROM);
  const skipped = world.builds.length - wanted;
  const from = random.below(world.builds.length);
  for (const [i, build] of world.builds.entries()) {
    if ((i + from) % world.builds.length < skipped) continue;
    const at = start + 2 * MINUTE + random.gap(20 * SECOND);
    const doneAt = at + random.logBetween(6, 90) * MINUTE;
    const result = BUILD_RESULTS.pick(random);
    const runtime = world.buildRuntimes.pick(random);
    yield { kind: 'kbuild', at, doneAt, result, id: '', checkout, build, runtime };
  }
}

function* belowBuild(world: World, random: Random, build: BuildPlan): Generator<Burst> {
  if (build.result !== 'pass' || random.chance(UNTESTED)) return;
  const platforms = world.platforms.get(build.build.arch);
  if (platforms === undefined) return;
  const jobs = 1 + random.below(JOBS_MAX);
  for (let i = 0; i < jobs; i += 1) {
    const at = build.doneAt + random.gap(8 * SECOND);
    const result = JOB_RESULTS.pick(random);
    const doneAt = at + (result === 'incomplete' ? 6 * HOUR : random.logBetween(8, 300) * MINUTE);
    const retries = random.chance(0.05) ? 1 + random.below(3) : 0;
    const platform = platforms.pick(random);
    yield { kind: 'job', at, doneAt, result, id: '', build, job: world.jobs.pick(random), platform, retries };
  }
}

function resultOf(random: Random, test: TestCase): NodeResult {
  if (random.chance(test.failing)) return 'fail';
  if (random.chance(0.1)) return 'skip';
  return random.chance(0.01) ? 'incomplete' : 'pass';
}

function* belowJob(random: Random, job: JobPlan): Generator<Burst> {
  if (job.result === 'incomplete') return;
  const results = job.job.tests.map((test) => ({ test, result: resultOf(random, test) }));
  yield { kind: 'test', at: job.doneAt, job, results };
}

function* belowTests(random: Random, tests: TestsPlan): Generator<Burst> {
  const failed = tests.results.filter(({ result }) => result === 'fail' && random.chance(REGRESSION));
  if (failed.length > 0) {
    yield { kind: 'regression', at: tests.at + random.between(1, 30) * SECOND, job: tests.job, failed };
  }
}

/** People push in the afternoon more than at night; the factor keeps the mean at 1. */
const busy = (at: number): number => 1.25 * (1 + 0.6 * Math.sin((2 * Math.PI * (at % DAY)) / DAY));

/**
 * What happens in a data set, without end and in the order of time: checkouts, and what follows from each. Builds and
 * jobs of many checkouts interleave.
 * @param perDay checkouts
 */
export function* plan(world: World, random: Random, perDay: number): Generator<Burst> {
  const agenda = new Agenda<Burst>();
  let checkouts = 0;
  agenda.add(0, planCheckout(world, random, 0, checkouts));
  for (let burst = agenda.next(); burst; burst = agenda.next()) {
    yield burst;
    if (burst.kind === 'checkout') {
      checkouts += 1;
      const at = burst.at + random.gap(DAY / perDay) / busy(burst.at);
      agenda.add(at, planCheckout(world, random, at, checkouts));
    }
    for (const next of below(world, random, burst)) agenda.add(next.at, next);
  }
}

function below(world: World, random: Random, burst: Burst): Iterable<Burst> {
  switch (burst.kind) {
    case 'checkout':
      return belowCheckout(world, random, burst);
    case 'kbuild':
      return belowBuild(world, random, burst);
    case 'job':
      return belowJob(random, burst);
    case 'test':
      return belowTests(random, burst);
    default:
      return [];
  }
}
