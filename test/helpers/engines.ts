import { describe } from 'node:test';
import { runningServer } from './running-server.ts';

/** `running` is whatever the server at `KCI_TEST_URL` uses. */
export type Engine = 'sqlite' | 'postgres' | 'running';

export interface EngineOptions {
  /** The suite starts, stops or configures server processes itself, so it cannot use a running one. */
  ownProcess?: boolean;
}

/**
 * Declares the suite once for each engine. The summary counts the tests of both and fails the run when
 * the two differ, so declare the same tests whatever `engine` is.
 */
export function forEachEngine(
  title: string,
  suite: (engine: Engine) => void,
  options: EngineOptions = {},
): void {
  if (runningServer() !== undefined) {
    const skip = options.ownProcess ? 'needs a server process of its own, KCI_TEST_URL is set' : false;
    describe(`${title} [running]`, { skip }, () => suite('running'));
    return;
  }
  describe(`${title} [sqlite]`, () => suite('sqlite'));
  describe(`${title} [postgres]`, () => suite('postgres'));
}

/**
 * Declares a suite about a client, such as `kci`, which cannot tell the engines apart: what they answer over HTTP is
 * tested on both, and its suites that lean on that most are declared for both.
 */
export function onOneEngine(
  title: string,
  suite: (engine: Engine) => void,
  options: EngineOptions = {},
): void {
  const isRunning = runningServer() !== undefined;
  const skip =
    isRunning && options.ownProcess ? 'needs a server process of its own, KCI_TEST_URL is set' : false;
  describe(title, { skip }, () => suite(isRunning ? 'running' : 'sqlite'));
}

/**
 * Declares a suite about something that one engine has and the other has not, such as several server
 * instances on one database. Counted for that engine, without a counterpart on the other.
 */
export function onlyOn(engine: 'sqlite' | 'postgres', title: string, suite: (engine: Engine) => void): void {
  const skip =
    runningServer() !== undefined ? 'needs a server process of its own, KCI_TEST_URL is set' : false;
  describe(`${title} [${engine} only]`, { skip }, () => suite(engine));
}
