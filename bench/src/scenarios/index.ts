import type { Scenario } from '../run.ts';
import { get } from './get.ts';
import { post } from './post.ts';

/** In the order of running. */
export const SCENARIOS = { get, post } satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof SCENARIOS;
