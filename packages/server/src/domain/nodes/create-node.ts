import { type NodeBody, newId } from '@kernelci/model';
import { DomainError, invalid } from '../../errors.ts';
import type { Tx } from '../../store/database.ts';
import { findNode } from '../../store/nodes.ts';
import { claimIdempotencyKey, claimNaturalKey, storeAnswer } from '../../store/repeat-keys.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { createdAnswer } from './document.ts';
import type { NodeCreator } from './node-creator.ts';
import { newNode } from './normalise.ts';
import { type PreparedNode, prepareNode, storeNewNodes } from './store-nodes.ts';

/** What makes a repeated request harmless; both optional. */
export interface RepeatKeys {
  /** `Idempotency-Key`, already made the caller's own: a repeat of the same request gets the first answer. */
  idempotency?: { key: string; fingerprint: string };
  /** `Kci-Node-Key`: under one parent there is one node of the key. */
  natural?: string;
}

export interface CreatedNode {
  id: string;
  /** The answer's text. */
  body: string;
  /** False when the node was there before. */
  isNew: boolean;
}

type Creating = Uses<'db' | 'clock'> & { creator: NodeCreator };

const KEY_MAX = 255;

function checkKey(name: string, key: string | undefined): void {
  if (key === undefined || (key !== '' && key.length <= KEY_MAX)) return;
  throw invalid({
    type: 'value_error',
    loc: ['header', name],
    msg: `Must have 1 to ${KEY_MAX} characters`,
    input: null,
  });
}

/** Creates a node of the caller. Throws as `newNode` does, `not_found` for its parent, `unknown_group`. */
export async function createNode(
  s: Creating,
  principal: Principal,
  body: NodeBody,
  keys: RepeatKeys,
): Promise<CreatedNode> {
  checkKey('Idempotency-Key', keys.idempotency?.key);
  checkKey('Kci-Node-Key', keys.natural);
  const now = s.clock();
  const id = newId(now);
  const prepared = prepareNode(newNode(body, { id, owner: principal.account.username, now }));
  if (keys.idempotency === undefined && keys.natural === undefined) {
    await s.creator.submit(prepared);
    return { id, body: createdAnswer(prepared.stored.doc), isNew: true };
  }
  return s.db.write((tx) => createOnce(tx, prepared, keys, now));
}

async function createOnce(
  tx: Tx,
  prepared: PreparedNode,
  keys: RepeatKeys,
  now: number,
): Promise<CreatedNode> {
  const { idempotency, natural } = keys;
  if (idempotency) {
    const first = await claimIdempotencyKey(tx, { ...idempotency, created: now });
    if (first !== undefined) return repeated(first, idempotency.fingerprint);
  }
  const created = await createUnderKey(tx, prepared, natural, now);
  if (idempotency) await storeAnswer(tx, idempotency.key, created.body);
  return created;
}

function repeated(first: { fingerprint: string; body: string }, fingerprint: string): CreatedNode {
  if (first.fingerprint !== fingerprint) {
    throw invalid({
      type: 'value_error',
      loc: ['header', 'Idempotency-Key'],
      msg: 'The key was used for another request: use a new one for each request',
      input: null,
    });
  }
  const { id } = JSON.parse(first.body) as { id: string };
  return { id, body: first.body, isNew: false };
}

async function createUnderKey(
  tx: Tx,
  prepared: PreparedNode,
  natural: string | undefined,
  now: number,
): Promise<CreatedNode> {
  const { id, parent } = prepared.node;
  if (natural !== undefined) {
    const existing = await claimNaturalKey(tx, `${parent ?? ''}/${natural}`, id);
    if (existing !== undefined) {
      const node = await findNode(tx, existing);
      if (node === undefined) throw new Error(`the node ${existing} of a natural key is not there`);
      return { id: existing, body: createdAnswer(node.doc), isNew: false };
    }
  }
  const [refusal] = await storeNewNodes(tx, [prepared], now);
  if (refusal instanceof DomainError) throw refusal;
  return { id, body: createdAnswer(prepared.stored.doc), isNew: true };
}
