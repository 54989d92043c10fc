import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scope } from '@kernelci/model';
import type { Principal } from '../access/principal.ts';
import { mayEdit } from './edit-rights.ts';
import { create, ID } from './node-fixture.ts';

const node = {
  ...create({ kind: 'job', name: 'j', path: [], data: { runtime: 'lava-lab' }, user_groups: ['kernelci'] }),
  owner: 'ada',
};

function by(
  username: string,
  groups: string[] = [],
  rest: { isSuperuser?: boolean; scopes?: Scope[] } = {},
): Principal {
  const { isSuperuser = false, scopes = ['nodes'] } = rest;
  return {
    account: {
      ...{
        id: ID,
        username,
        email: `${username}@example.org`,
        isActive: true,
        isVerified: true,
        isSuperuser,
      },
      ...{ tokenGeneration: 0, groups: groups.map((name) => ({ id: ID, name })) },
    },
    ...{ tokenId: null, scopes: new Set(scopes) },
  };
}

describe('who may edit a node', () => {
  test('its owner, its groups, those who may edit any, and editors of its runtime', () => {
    assert.equal(mayEdit(node, by('ada')), true);
    const able = ['kernelci', 'node:edit:any', 'runtime:lava-lab:node-editor', 'runtime:lava-lab:node-admin'];
    for (const group of able) assert.equal(mayEdit(node, by('bob', ['x', group])), true, group);
    const unable = ['admin', 'runtime:other:node-editor', 'runtime:lava-lab:node-reader', 'ada', ''];
    for (const group of unable) assert.equal(mayEdit(node, by('bob', [group])), false, group);
  });

  test('admins, with a token for it', () => {
    assert.equal(mayEdit(node, by('bob', ['admin'], { scopes: ['nodes', 'admin'] })), true);
    assert.equal(mayEdit(node, by('bob', [], { isSuperuser: true, scopes: ['admin'] })), true);
    assert.equal(mayEdit(node, by('bob', [], { isSuperuser: true })), false);
    assert.equal(mayEdit(node, by('bob', [], { scopes: ['admin'] })), false);
  });

  test('nobody by a runtime that is no text, or that there is not', () => {
    const odd = { ...node, data: { runtime: ['lava-lab'] } };
    assert.equal(mayEdit(odd, by('bob', ['runtime:lava-lab:node-editor'])), false);
    assert.equal(mayEdit({ ...node, data: {} }, by('bob', ['runtime:undefined:node-editor'])), false);
    assert.equal(mayEdit({ ...node, owner: null }, by('null')), false);
  });
});
