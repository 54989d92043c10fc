import { invalid } from '../../errors.ts';
import type { FieldTree } from '../../store/node-query/filter.ts';
import { isNodeField } from './node-filter.ts';

function refuse(msg: string): never {
  throw invalid({ type: 'value_error', loc: ['query', 'fields'], msg, input: null });
}

function add(tree: FieldTree, path: readonly string[]): void {
  const [key, ...below] = path;
  if (key === undefined || (Object.hasOwn(tree, key) && tree[key] === null)) return;
  if (below.length === 0) {
    tree[key] = null;
    return;
  }
  const inner = (Object.hasOwn(tree, key) ? tree[key] : undefined) ?? {};
  tree[key] = inner;
  add(inner, below);
}

/** The parts of nodes that `fields=a,b.c` names. Throws `invalid` for what nodes do not have. */
export function parseFields(text: string | undefined): FieldTree | null {
  if (text === undefined) return null;
  const tree: FieldTree = Object.create(null);
  for (const name of text.split(',')) {
    const path = name.trim().split('.');
    if (!isNodeField(path[0] ?? '')) refuse(`Nodes have no field "${name.slice(0, 100)}"`);
    if (path.includes('')) refuse(`"${name.slice(0, 100)}" has an empty part`);
    add(tree, path);
  }
  return tree;
}
