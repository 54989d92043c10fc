import { type Static, Type } from 'typebox';
import { Id, LooseBoolean } from './common.ts';
import { NODE_KINDS, NODE_RESULTS, NODE_STATES } from './nodes.ts';
import { HOUR } from './time.ts';

/** In characters; of names, groups and whatever else is a word rather than a text. */
export const NODE_WORD_MAX = 4096;
const PATH_MAX = 1000;
const FILTER_MAX = 10_000;
const ARTIFACTS_MAX = 10_000;
const URL_MAX = 16_384;
const TIME_TEXT_MAX = 64;
/** How long a node may take that does not say when it times out, in milliseconds. */
export const NODE_TIMEOUT = 6 * HOUR;

const Word = Type.String({ maxLength: NODE_WORD_MAX });
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const MaybeWord = Type.Optional(OrNull(Word));
const AnyObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });
const Words = Type.Array(Word, { maxItems: FILTER_MAX });
const timeGiven = (more = '') =>
  Type.Union([Type.String({ maxLength: TIME_TEXT_MAX }), Type.Number()], {
    description: `ISO 8601, UTC when it names no zone; or seconds or milliseconds since 1970${more}`,
  });
const TimeGiven = timeGiven();
const State = Type.Enum([...NODE_STATES]);

const artifacts = Type.Optional(
  OrNull(
    Type.Unsafe<Record<string, string>>({
      type: 'object',
      maxProperties: ARTIFACTS_MAX,
      additionalProperties: { type: 'string', maxLength: URL_MAX },
      description: 'names and their http(s) addresses',
    }),
  ),
);
const result = Type.Optional(OrNull(Type.Enum([...NODE_RESULTS])));
const data = Type.Optional(OrNull(AnyObject));
const debug = Type.Optional(OrNull(AnyObject));
const jobfilter = Type.Optional(OrNull(Words));
const platform_filter = Type.Optional(OrNull(Words));
const holdoff = Type.Optional(OrNull(TimeGiven));
const processed_by_kcidb_bridge = Type.Optional(LooseBoolean());

/** What creates or replaces a node. Keys that are not listed here are dropped. */
export const NodeBody = Type.Object({
  id: Type.Optional(Type.Unknown({ description: 'not at a creation; ignored at a replacement' })),
  kind: Type.Optional(Type.String({ description: `one of ${NODE_KINDS.join(', ')}` })),
  name: Word,
  path: Type.Array(Word, { maxItems: PATH_MAX }),
  group: MaybeWord,
  parent: Type.Optional(OrNull(Id)),
  state: Type.Optional(State),
  result,
  artifacts,
  data,
  debug,
  jobfilter,
  platform_filter,
  created: Type.Optional(TimeGiven),
  updated: Type.Optional(TimeGiven),
  timeout: Type.Optional(timeGiven(`; default: ${NODE_TIMEOUT / HOUR} hours from now`)),
  holdoff,
  owner: MaybeWord,
  submitter: MaybeWord,
  treeid: MaybeWord,
  user_groups: Type.Optional(
    Type.Array(Type.String({ maxLength: 256 }), { maxItems: 1000, description: 'names of groups' }),
  ),
  processed_by_kcidb_bridge,
  retry_counter: Type.Optional(
    Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
  ),
});
export type NodeBody = Static<typeof NodeBody>;

/** What changes parts of a node: each field that is given replaces the stored one. */
export const PatchBody = Type.Object({
  state: Type.Optional(State),
  result,
  artifacts,
  data,
  debug,
  jobfilter,
  platform_filter,
  timeout: Type.Optional(TimeGiven),
  holdoff,
  processed_by_kcidb_bridge,
});
export type PatchBody = Static<typeof PatchBody>;

export interface HierarchyBody {
  node: NodeBody;
  child_nodes: HierarchyBody[];
}
// What is below the root refers to itself by name, which the validator and the OpenAPI document both can follow.
const Subtree = Type.Unsafe<HierarchyBody>({
  $id: 'NodeHierarchy',
  ...Type.Object({ node: NodeBody, child_nodes: Type.Array(Type.Ref('NodeHierarchy')) }),
});
/** A node and all that is below it. */
export const HierarchyBody = Type.Object({ node: NodeBody, child_nodes: Type.Array(Subtree) });

export const NodesetBody = Type.Object({
  nodes: Type.Array(Type.String({ maxLength: NODE_WORD_MAX }), { description: 'ids' }),
  field: Type.String({ maxLength: NODE_WORD_MAX, description: '`processed_by_kcidb_bridge`' }),
  value: Type.String({ maxLength: NODE_WORD_MAX, description: '`true` or `false`' }),
});
export type NodesetBody = Static<typeof NodesetBody>;
