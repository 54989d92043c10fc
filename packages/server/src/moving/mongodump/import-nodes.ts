import { existingNodes, insertNodes, type NodeToStore } from '../../store/nodes.ts';
import type { Tally } from '../report.ts';
import { attempt, eachBatch, type Importing } from './collection.ts';
import { nodeOf } from './node-of.ts';
import { fieldsOf, ownId, quickId } from './plain.ts';

/** The documents that are not stored yet, read; `seen` has the ids of those that came right before. */
async function newNodes(
  { db }: Importing,
  documents: readonly Buffer[],
  seen: ReadonlySet<string>,
  tally: Tally,
): Promise<{ nodes: NodeToStore[]; ids: Set<string> }> {
  const named = documents.flatMap((document) => {
    const id = attempt(
      tally,
      () => 'no id',
      () => quickId(document) ?? ownId(fieldsOf(document)),
    );
    return id === undefined ? [] : [{ id, document }];
  });
  const stored = await existingNodes(
    db.reader,
    named.map(({ id }) => id),
  );
  const ids = new Set<string>();
  const nodes: NodeToStore[] = [];
  for (const { id, document } of named) {
    if (stored.has(id) || seen.has(id) || ids.has(id)) {
      tally.there += 1;
      continue;
    }
    const node = attempt(
      tally,
      () => id,
      () => nodeOf(id, fieldsOf(document)),
    );
    if (node === undefined) continue;
    ids.add(id);
    nodes.push(node);
  }
  return { nodes, ids };
}

/** Takes the nodes in the order of the dump, which is that of their creation. They cause no events. */
export async function importNodes(importing: Importing): Promise<void> {
  const { db } = importing;
  let before = new Set<string>();
  // Storing a batch and reading the next one go on side by side.
  let storing = Promise.resolve();
  await eachBatch(importing, { collection: 'node', title: 'nodes' }, async (documents, tally) => {
    const { nodes, ids } = await newNodes(importing, documents, before, tally);
    before = ids;
    await storing;
    storing = db.write(async (tx) => {
      await tx.dialect.moving.expectManyRows(tx);
      await insertNodes(tx, nodes);
    });
    // Told when it is waited for.
    storing.catch(() => undefined);
    tally.taken += nodes.length;
  });
  await storing;
}
