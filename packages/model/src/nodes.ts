import { type Static, Type } from 'typebox';
import { Id, Time } from './common.ts';

export const NODE_KINDS = ['checkout', 'kbuild', 'job', 'test', 'process', 'regression'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];
export const NODE_STATES = ['running', 'available', 'closing', 'done'] as const;
export type NodeState = (typeof NODE_STATES)[number];
export const NODE_RESULTS = ['pass', 'fail', 'skip', 'incomplete'] as const;
export type NodeResult = (typeof NODE_RESULTS)[number];

export function isNodeKind(text: string): text is NodeKind {
  return (NODE_KINDS as readonly string[]).includes(text);
}

const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const AnyObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

/** A node as reads return it. The order of the keys is part of the contract. */
export const Node = Type.Object({
  id: Id,
  kind: Type.Enum([...NODE_KINDS]),
  name: Type.String(),
  path: Type.Array(Type.String(), { description: 'names from the top of the tree to this node' }),
  group: OrNull(Type.String()),
  parent: OrNull(Id),
  state: Type.Enum([...NODE_STATES]),
  result: OrNull(Type.Enum([...NODE_RESULTS])),
  artifacts: OrNull(
    Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'names and their http(s) addresses',
    }),
  ),
  data: AnyObject,
  debug: OrNull(AnyObject),
  jobfilter: OrNull(Type.Array(Type.String())),
  platform_filter: OrNull(Type.Array(Type.String())),
  created: Time,
  updated: Time,
  timeout: OrNull(Time),
  holdoff: OrNull(Time),
  owner: OrNull(Type.String()),
  submitter: OrNull(Type.String()),
  treeid: OrNull(Type.String()),
  user_groups: Type.Array(Type.String()),
  processed_by_kcidb_bridge: Type.Boolean(),
  retry_counter: Type.Integer(),
});
export type Node = Static<typeof Node>;
