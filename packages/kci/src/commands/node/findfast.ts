import type { Node } from '@kernelci/model';
import { filtersOf } from '../../arguments/attributes.ts';
import { wholeNumber } from '../../arguments/numbers.ts';
import { UsageError } from '../../errors.ts';
import { Progress } from '../../io/progress.ts';
import { defineVerb } from '../../verb.ts';
import { type NodeListOptions, OF_NODE_OPTIONS, takesNodeList } from './list-options.ts';
import { printNodes } from './print-nodes.ts';

interface FindFastOptions extends NodeListOptions {
  limit?: number;
  offset?: number;
}

export const verb = defineVerb<[attributes: string[]], FindFastOptions>({
  description:
    'Prints nodes: all, or those that have every given attribute, without paging and without counting them. ' +
    'No token is needed. The operators are as for find.',
  examples: [
    ['kci node findfast treeid=6526448e7d140ee220971a0e', 'all nodes of a tree'],
    [
      'kci node findfast kind=kbuild result=fail --sort=-created --limit 20 --format table',
      'the last that failed',
    ],
    ['kci node findfast state=running --fields id,name --format jsonl', 'one node a line'],
  ],
  configure: (command) => {
    takesNodeList(command);
    command
      .option('--limit <n>', 'at most so many (default: all)', wholeNumber(1))
      .option('--offset <n>', 'leave out so many', wholeNumber(0));
  },
  run: async (factory, [attributes], options) => {
    const { sort, fields, limit, offset } = options;
    // As attributes, limit and offset do what the options do.
    const filters = filtersOf(attributes, OF_NODE_OPTIONS);
    for (const name of ['limit', 'offset'] as const) {
      if (options[name] !== undefined && Object.hasOwn(filters, name)) {
        throw new UsageError(`'${name}' is given twice`);
      }
    }
    const progress = new Progress('nodes');
    const client = await factory.publicClient();
    const nodes = client.nodes.eachFast<Partial<Node>>(filters, { sort, fields, limit, offset });
    await printNodes(factory, nodes, { ...options, progress, paged: false });
  },
});
