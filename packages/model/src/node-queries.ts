import { type Static, Type } from 'typebox';
import { Node } from './nodes.ts';

export const TOTAL_KINDS = ['exact', 'estimate', 'none'] as const;
export type TotalKind = (typeof TOTAL_KINDS)[number];

const MAX = Number.MAX_SAFE_INTEGER;

/** Parameters of every list of nodes that are no conditions. */
const Common = {
  sort: Type.Optional(
    Type.String({
      description: 'a field that has an index, such as `created`; with a minus before it from the end',
      examples: ['-created'],
    }),
  ),
  after: Type.Optional(
    Type.String({ description: 'a cursor: `rel="next"` of the `Link` header has the address with it' }),
  ),
  fields: Type.Optional(
    Type.String({ description: 'the fields to answer, `id,data.kernel_revision.commit`; all when absent' }),
  ),
  total: Type.Enum([...TOTAL_KINDS], {
    default: 'exact',
    description: 'whether all that match are counted, judged by a sample, or neither',
  }),
};

export const NodeListQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: MAX, default: 50 }),
  offset: Type.Integer({ minimum: 0, maximum: MAX, default: 0 }),
  ...Common,
});
export type NodeListQuery = Static<typeof NodeListQuery>;

export const NodeStreamQuery = Type.Object({
  limit: Type.Integer({ minimum: 0, maximum: MAX, default: 0, description: '0: all' }),
  offset: Type.Integer({ minimum: 0, maximum: MAX, default: 0 }),
  ...Common,
});
export type NodeStreamQuery = Static<typeof NodeStreamQuery>;

export const NodeTreeQuery = Type.Object({
  depth: Type.Integer({ minimum: 0, maximum: 100, default: 10, description: 'levels below the node' }),
});

export const NodePage = Type.Object({
  items: Type.Array(Node),
  total: Type.Union([Type.Integer(), Type.Null()]),
  limit: Type.Integer(),
  offset: Type.Integer(),
});
export type NodePage = Static<typeof NodePage>;
