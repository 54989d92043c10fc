import { isId } from '@kernelci/model';
import { DomainError, notFound } from '../../errors.ts';

const MALFORMED = 'is not a valid ObjectId, it must be a 12-byte input or a 24-character hex string';

export const malformedId = (text: string): DomainError =>
  new DomainError('bad_value', `'${text.slice(0, 100)}' ${MALFORMED}`);

/** The id in its one form, lower case. Throws `bad_value` for anything else. */
export function nodeId(text: string): string {
  if (!isId(text)) throw malformedId(text);
  return text.toLowerCase();
}

export const nodeNotFound = (id: string): DomainError => notFound(`Node not found with id: ${id}`);

/** An active user who may not edit the node: 401, as today's clients know it. */
export const mayNotEdit = (): DomainError =>
  new DomainError('unauthorized', 'Unauthorized to complete the operation');

export const stale = (): DomainError =>
  new DomainError('stale', 'The node changed since it was read: read it again and repeat the change');
