import type { Client, Filters, NodePage } from '@kernelci/client';
import type { Node } from '@kernelci/model';
import { filtersOf } from '../../arguments/attributes.ts';
import type { Factory } from '../../factory.ts';
import { Progress } from '../../io/progress.ts';
import { defineVerb } from '../../verb.ts';
import { type ListOptions, pageOf, takesPaging } from '../lists.ts';
import { type NodeListOptions, OF_NODE_OPTIONS, takesNodeList } from './list-options.ts';
import { printNodes } from './print-nodes.ts';

const PAGE_LENGTH_OF_ALL = 1000;

type FindOptions = ListOptions & NodeListOptions;

export const verb = defineVerb<[attributes: string[]], FindOptions>({
  description:
    'Prints nodes: all, or those that have every given attribute, page by page. No token is needed. ' +
    'The operators are = > < >= <= != and =~ (regular expression); quote those that the shell knows. ' +
    'Names reach into data with dots. On a terminal, more than one node is shown in a pager.',
  examples: [
    ['kci node find kind=checkout data.kernel_revision.tree=mainline --sort=-created -l 1', 'the latest'],
    [
      "kci node find kind=job state=done result!=pass 'created>2026-11-24' --format table",
      'what went wrong today',
    ],
    ["kci node find 'name=~^baseline' --all --format jsonl > baseline.jsonl", 'all of them, one a line'],
    ['kci node find kind=kbuild --fields id,name,data.arch --format table', 'only some of each node'],
  ],
  configure: (command) => {
    takesNodeList(command);
    takesPaging(command);
  },
  run: async (factory, [attributes], options) => {
    const filters = filtersOf(attributes, OF_FIND_OPTIONS);
    const progress = new Progress('nodes');
    const pages = await pagesOf(factory, filters, options);
    await printNodes(factory, nodesOf(pages, progress), { ...options, progress, paged: true });
  },
});

const OF_FIND_OPTIONS: ReadonlyMap<string, string> = new Map([
  ...OF_NODE_OPTIONS,
  ['limit', '--page-length and --page-number'],
  ['offset', '--page-length and --page-number'],
]);

type Pages = AsyncIterable<NodePage<Partial<Node>>>;

async function pagesOf(factory: Factory, filters: Filters, options: FindOptions): Promise<Pages> {
  const { sort, fields } = options;
  const page = await pageOf(factory, options);
  const { nodes }: Client = await factory.publicClient();
  const question = { sort, fields };
  if (page === 'all') {
    return nodes.pages<Partial<Node>>(filters, {
      ...question,
      limit: options.pageLength ?? PAGE_LENGTH_OF_ALL,
    });
  }
  return only(nodes.find<Partial<Node>>(filters, { ...question, ...page }));
}

async function* only<T>(item: Promise<T>): AsyncGenerator<T, void> {
  yield await item;
}

async function* nodesOf(pages: Pages, progress: Progress): AsyncGenerator<Partial<Node>, void> {
  for await (const { items, total } of pages) {
    if (total !== null) progress.expect(total);
    yield* items;
  }
}
