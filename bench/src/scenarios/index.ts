import type { Scenario } from '../run.ts';
import { append } from './append.ts';
import { catchUp } from './catch-up.ts';
import { delivery } from './delivery.ts';
import { get } from './get.ts';
import { growth } from './growth.ts';
import { hierarchyScenario } from './hierarchy.ts';
import { listeners } from './listeners.ts';
import { post } from './post.ts';
import { queries } from './queries.ts';
import { regex } from './regex.ts';
import { stream } from './stream.ts';
import { telemetry } from './telemetry.ts';

/** In the order of running. */
export const SCENARIOS = {
  get,
  post,
  hierarchy: hierarchyScenario,
  queries,
  regex,
  stream,
  growth,
  delivery,
  listeners,
  append,
  'catch-up': catchUp,
  telemetry,
} satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof SCENARIOS;
