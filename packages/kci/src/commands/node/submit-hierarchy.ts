import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';
import { readNodeFile } from './node-file.ts';

export const verb = defineVerb<[id: string, file: string]>({
  description:
    'Replaces a node and adds the whole tree below it, all or nothing. The JSON file has the node and, under ' +
    'child_nodes, what is below: {"node": {…}, "child_nodes": [{"node": {…}, "child_nodes": []}]}.',
  examples: [
    ['kci node submit-hierarchy 6526448e7d140ee220971a0e results.json', 'a job with its tests'],
    ['run-tests | kci node submit-hierarchy 6526448e7d140ee220971a0e -', 'from a pipe'],
  ],
  configure: (command) => {
    command.argument('<id>', 'id of the node').argument('<file>', 'a JSON file; -: standard input');
  },
  run: async (factory, [id, file]) => {
    const root = idArgument(id);
    const { json } = await readNodeFile(file);
    const client = await factory.client();
    await client.nodes.putHierarchy(root, json);
  },
});
