import type { Scenario } from '../run.ts';
import { get } from './get.ts';
import { growth } from './growth.ts';
import { hierarchyScenario } from './hierarchy.ts';
import { post } from './post.ts';
import { queries } from './queries.ts';
import { regex } from './regex.ts';
import { stream } from './stream.ts';

/** In the order of running. */
export const SCENARIOS = {
  get,
  post,
  hierarchy: hierarchyScenario,
  queries,
  regex,
  stream,
  growth,
} satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof SCENARIOS;
