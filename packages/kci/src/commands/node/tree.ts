import { idArgument } from '../../arguments/names.ts';
import { wholeNumber } from '../../arguments/numbers.ts';
import { Progress } from '../../io/progress.ts';
import { printChunks } from '../../output/print-chunks.ts';
import { defineVerb } from '../../verb.ts';
import { drawTree } from './draw-tree.ts';

/** The API goes no deeper. */
const DEPTH_MAX = 100;

interface TreeOptions {
  depth?: number;
  ids?: boolean;
}

export const verb = defineVerb<[id: string], TreeOptions>({
  description:
    'Draws a node and all that is below it, with kinds, states and results. Colours are for terminals, unless ' +
    'NO_COLOR is set; what does not fit on the screen is shown in a pager. No token is needed.',
  examples: [
    ['kci node tree 6526448e7d140ee220971a0e', 'a checkout with its builds, jobs and tests'],
    ['kci node tree 6526448e7d140ee220971a0e --depth 1 --ids', 'only its children, with their ids'],
  ],
  configure: (command) => {
    command
      .argument('<id>', 'id of the node at the top')
      .option('--depth <n>', `so many levels below it (default: ${DEPTH_MAX})`, wholeNumber(0, DEPTH_MAX))
      .option('--ids', 'with the ids of the nodes');
  },
  run: async (factory, [id], { depth = DEPTH_MAX, ids = false }) => {
    const root = idArgument(id);
    const client = await factory.publicClient();
    const progress = new Progress('nodes');
    try {
      const nodes = [];
      for await (const node of client.nodes.tree(root, { depth })) {
        nodes.push(node);
        progress.add(1);
      }
      const room = process.stdout.isTTY ? process.stdout.columns : undefined;
      await printChunks(lines(drawTree(nodes, { ids, room })), { paged: nodes.length > 1, progress });
    } finally {
      progress.end();
    }
  },
});

async function* lines(all: readonly string[]): AsyncGenerator<string, void> {
  for (const line of all) yield `${line}\n`;
}
