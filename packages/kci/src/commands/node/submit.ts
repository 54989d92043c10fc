import { randomUUID } from 'node:crypto';
import { KciError, UsageError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { readNodeFile } from './node-file.ts';

export const verb = defineVerb<[file: string], { key?: string }>({
  description:
    'Creates a node from a JSON file, or replaces the node whose id the file has, and prints it. What the file ' +
    'leaves out gets its default, also at a replacement.',
  examples: [
    ['kci node submit checkout.json', 'a new node'],
    ['kci node get 6526448e7d140ee220971a0e > node.json', 'to edit it …'],
    ['kci node submit node.json', '… and put it back'],
    ['make-node | kci node submit - --key build-7', 'from a pipe; when it is done again, nothing is added'],
  ],
  configure: (command) => {
    command
      .argument('<file>', 'a JSON file; -: standard input')
      .option('--key <key>', 'create the node only if there is none of this key under its parent');
  },
  run: async (factory, [file], { key }) => {
    const { object, json, from } = await readNodeFile(file);
    const client = await factory.client();
    if (!Object.hasOwn(object, 'id')) {
      const node = await client.nodes.create(json, { idempotencyKey: randomUUID(), naturalKey: key });
      await factory.json(node);
      return;
    }
    if (key !== undefined)
      throw new UsageError(`${from} has an id, so it creates no node and --key has no place`);
    const { id } = object;
    if (typeof id !== 'string' || /^\.{0,2}$/.test(id)) throw new KciError(`the id in ${from} is none`);
    await factory.json(await client.nodes.replace(id, json));
  },
});
