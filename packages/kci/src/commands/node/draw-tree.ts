import type { Node } from '@kernelci/model';
import { paint } from '../../output/paint.ts';
import { type Column, tableLines } from '../../output/table.ts';
import { NOTHING, oneLine, paintResult, paintState } from './look.ts';

const [CHILD, LAST_CHILD, LINE, NO_LINE] = ['├── ', '└── ', '│   ', '    '];

interface Row {
  node: Node;
  /** What is drawn before its name. */
  branch: string;
}

/**
 * Lines that show a tree.
 * @param nodes the root and all below it, in the order in which siblings are to be shown
 */
export function drawTree(
  nodes: readonly Node[],
  { ids, room }: { ids: boolean; room: number | undefined },
): string[] {
  const columns: Column<Row>[] = [
    { title: '', text: ({ node, branch }) => branch + oneLine(node.name) },
    { title: '', text: ({ node }) => node.kind, whole: true, paint: (text) => paint('gray', text) },
    {
      title: '',
      text: ({ node }) => node.state,
      whole: true,
      paint: (text, { node }) => paintState(text, node),
    },
    {
      title: '',
      text: ({ node }) => node.result ?? NOTHING,
      whole: true,
      paint: (text, { node }) => paintResult(text, node),
    },
  ];
  if (ids) columns.push({ title: '', text: ({ node }) => node.id, whole: true });
  return tableLines(columns, rowsOf(nodes), room).slice(1);
}

/** Each node followed by those below it. */
function rowsOf(nodes: readonly Node[]): Row[] {
  const [root, ...others] = nodes;
  if (root === undefined) return [];
  const below = Map.groupBy(others, ({ parent }) => parent);
  const rows: Row[] = [];
  // A stack and no recursion: trees may be deeper than calls can be.
  const open: { node: Node; branch: string; lead: string }[] = [{ node: root, branch: '', lead: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, branch, lead } = next;
    rows.push({ node, branch });
    const children = below.get(node.id) ?? [];
    below.delete(node.id);
    for (const child of children.toReversed()) {
      const isLast = child === children.at(-1);
      open.push({
        node: child,
        branch: lead + (isLast ? LAST_CHILD : CHILD),
        lead: lead + (isLast ? NO_LINE : LINE),
      });
    }
  }
  return rows;
}
