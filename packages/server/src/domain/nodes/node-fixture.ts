import assert from 'node:assert/strict';
import type { NodeBody } from '@kernelci/model';
import { DomainError, type ErrorCode } from '../../errors.ts';
import type { NodeRecord } from './node.ts';
import { newNode } from './normalise.ts';

export const NOW = Date.parse('2026-11-23T22:59:09.615Z');
export const ID = '61bda8f2eb1a63d2b7152418';
export const OTHER_ID = '61bda8f2eb1a63d2b7152419';

export const revision = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  tree: 'mainline',
  url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
  branch: 'master',
  commit: '8f5ae30d69d7543eee0d70083daf4de8fe15d585',
  ...extra,
});

export const checkoutBody = (extra: Partial<NodeBody> = {}): NodeBody => ({
  kind: 'checkout',
  name: 'checkout',
  path: ['checkout'],
  data: { kernel_revision: revision() },
  ...extra,
});

export const create = (body: NodeBody, now = NOW): NodeRecord => newNode(body, { id: ID, owner: 'ada', now });

/** The refusal that the act ends with: of the code, and with the places that are named in it. */
export function refusal(code: ErrorCode, act: () => unknown): { message: string; places: string[] } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof DomainError, String(error));
    assert.equal(error.code, code, error.message);
    return {
      message: error.message,
      places: (error.extras.problems ?? []).map(({ loc }) => loc.join('.')),
    };
  }
  return assert.fail('it was not refused');
}
