import type { Node, NodeResult } from '@kernelci/model';
import { durationSeconds } from '../../arguments/durations.ts';
import { idArgument } from '../../arguments/names.ts';
import { KciError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { defineVerb } from '../../verb.ts';
import { troubleTeller } from '../tell-trouble.ts';
import { oneLine, paintResult, paintState, shortTime } from './look.ts';
import { versions } from './versions.ts';

const INTERVAL = 5;
/** Neither passed nor failed: skipped, incomplete, or nobody knows. */
const NO_VERDICT = 2;
const EXIT_CODES: Record<NodeResult, number> = { pass: 0, fail: 1, skip: NO_VERDICT, incomplete: NO_VERDICT };

interface WatchOptions {
  interval?: number;
  timeout?: number;
}

export const verb = defineVerb<[id: string], WatchOptions>({
  description:
    'Prints the state of a node, and again whenever it changes, until the node is done. The exit code tells the ' +
    'result: 0 pass; 1 fail; 2 no verdict, which is incomplete, skip or none, or that watching itself failed. ' +
    'No token is needed.',
  examples: [
    ['kci node watch 6526448e7d140ee220971a0e', 'wait until it is done'],
    ['kci node watch 6526448e7d140ee220971a0e --timeout 2h && echo passed', 'two hours at most'],
  ],
  configure: (command) => {
    command
      .argument('<id>', 'id of the node')
      .option(
        '--interval <time>',
        `how often to ask, such as 30s or 5m (default: ${INTERVAL}s)`,
        durationSeconds,
      )
      .option('--timeout <time>', 'how long to wait, such as 2h (default: for ever)', durationSeconds);
  },
  run: async (factory, [id], options) => {
    const watched = idArgument(id);
    // A script must not take trouble with the network for a failed test.
    factory.failureCode = NO_VERDICT;
    const { result } = await lastOf(factory, watched, options);
    factory.exitCode = result === null ? NO_VERDICT : EXIT_CODES[result];
  },
});

/** The node when it is done; until then its states are printed. */
async function lastOf(factory: Factory, id: string, options: WatchOptions): Promise<Node> {
  const { interval = INTERVAL, timeout } = options;
  const { nodes } = await factory.publicClient();
  let shown = '';
  for await (const node of versions((etag) => nodes.getIfChanged(id, etag), {
    interval,
    timeout,
    onTrouble: troubleTeller(factory),
  })) {
    if (node === null) throw new KciError(`there is no node ${id}`);
    const { state, result } = node;
    if (shown !== `${state} ${result}`) factory.result(lineOf(node));
    shown = `${state} ${result}`;
    if (state === 'done') return node;
  }
  throw new KciError(`node ${id} is not done yet`);
}

function lineOf(node: Node): string {
  const { name, state, result, updated } = node;
  const outcome = result === null ? '' : `: ${paintResult(result, node)}`;
  return `${shortTime(updated)} UTC  ${oneLine(name)}  ${paintState(state, node)}${outcome}`;
}
