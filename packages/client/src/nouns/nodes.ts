import type { HierarchyBody, Node, NodeBody, PatchBody } from '@kernelci/model';
import { nextCursor } from '../http/link.ts';
import type { RawJson } from '../http/raw-json.ts';
import type { Transport } from '../http/transport.ts';
import type { Filters, PageOptions } from '../paging.ts';
import { isNode, isNodeOrNull, isPage } from '../shapes.ts';
import { eachPage } from './node-pages.ts';
import { type FastOptions, fastQuery, type NodePage, type PageQuestion, pageQuestion } from './node-query.ts';

/** With `fields`, nodes have those only. */
type Part = Partial<Node>;

export interface CreateOptions {
  /** Repeating a request with the same key, within a day, gets the first answer; so it is repeated like a read. */
  idempotencyKey?: string | undefined;
  /** There is one node of this key under its parent: whoever repeats it gets that node. */
  naturalKey?: string | undefined;
}

export interface WriteOptions {
  /** Only if the node still has this ETag; else status 412. */
  ifMatch?: string | undefined;
}

export interface TreeOptions {
  /** Levels below the node; default: 10. */
  depth?: number | undefined;
}

export interface HistoryEntry {
  id: string;
  sequence_id: number;
  timestamp: string;
  channel: string;
  owner: string | null;
  data: unknown;
}

export interface TaggedNode {
  node: Node | null;
  /** Of this version of the node; undefined when there is no node. */
  etag: string | undefined;
}

/** Reading is public and sends no token. */
export function nodesNoun(transport: Transport) {
  const find = async <T extends Part = Node>(
    filters: Filters = {},
    question: PageQuestion = {},
  ): Promise<NodePage<T>> => {
    const { body, headers } = await transport.send<Omit<NodePage<T>, 'next'>>({
      method: 'GET',
      path: ['nodes'],
      query: { ...filters, ...pageQuestion(question) },
      public: true,
      shape: isPage,
    });
    return { ...body, next: nextCursor(headers) };
  };
  const fast = (filters: Filters, options: FastOptions) =>
    ({
      method: 'GET',
      path: ['nodes', 'fast'],
      query: { ...fastQuery(options), ...filters },
      public: true,
      shape: Array.isArray,
    }) as const;
  return {
    /** Null when there is none of that id. */
    get: (id: string) =>
      transport.body<Node | null>({ method: 'GET', path: ['node', id], public: true, shape: isNodeOrNull }),
    /** As `get`, with the ETag; undefined when the node is still the one that has the given ETag. */
    getIfChanged: async (id: string, etag: string | undefined): Promise<TaggedNode | undefined> => {
      const { body, headers } = await transport.send<Node | null | undefined>({
        method: 'GET',
        path: ['node', id],
        headers: { 'if-none-match': etag },
        public: true,
        shape: isNodeOrNull,
      });
      return body === undefined ? undefined : { node: body, etag: headers.get('etag') ?? undefined };
    },
    /** One page of the nodes that fit, in the order of their insertion unless told otherwise. */
    find,
    /** That page and all that follow it. */
    pages: <T extends Part = Node>(filters: Filters = {}, question: PageQuestion = {}) =>
      eachPage<T>((next) => find<T>(filters, next), question),
    /** All nodes that fit, in one answer. */
    findFast: <T extends Part = Node>(filters: Filters = {}, options: FastOptions = {}) =>
      transport.body<T[]>(fast(filters, options)),
    /** The same one by one while they arrive, however many they are. */
    eachFast: <T extends Part = Node>(filters: Filters = {}, options: FastOptions = {}) =>
      transport.items<T>(fast(filters, options)),
    count: (filters: Filters = {}) =>
      transport.body<number>({
        method: 'GET',
        path: ['count'],
        query: filters,
        public: true,
        shape: Number.isInteger,
      }),
    create: (node: NodeBody | RawJson, options: CreateOptions = {}) =>
      transport.body<Node>({
        method: 'POST',
        path: ['node'],
        headers: { 'idempotency-key': options.idempotencyKey, 'kci-node-key': options.naturalKey },
        json: node,
        repeatable: options.idempotencyKey !== undefined,
        shape: isNode,
      }),
    /** What is left out returns to its default. */
    replace: (id: string, node: NodeBody | RawJson, options: WriteOptions & { noEvent?: boolean } = {}) =>
      transport.body<Node>({
        method: 'PUT',
        path: ['node', id],
        query: { noevent: options.noEvent === true ? true : undefined },
        headers: { 'if-match': options.ifMatch },
        json: node,
        shape: isNode,
      }),
    /** Each field that is given is replaced, not merged. */
    patch: (id: string, changes: PatchBody | RawJson, options: WriteOptions = {}) =>
      transport.body<Node>({
        method: 'PATCH',
        path: ['node', id],
        headers: { 'if-match': options.ifMatch },
        json: changes,
        shape: isNode,
      }),
    /** Replaces a node and adds all that is below it; answers with all of them, the root first, depth first. */
    putHierarchy: (id: string, hierarchy: HierarchyBody | RawJson) =>
      transport.body<Node[]>({ method: 'PUT', path: ['nodes', id], json: hierarchy, shape: Array.isArray }),
    /** A node and all that is below it, depth first, while they arrive; status 404 when there is no such node. */
    tree: (id: string, options: TreeOptions = {}) =>
      transport.items<Node>({
        method: 'GET',
        path: ['node', id, 'tree'],
        query: { depth: options.depth },
        public: true,
      }),
    /** What happened to a node, oldest first, as far back as the API keeps events. */
    history: (id: string, page: PageOptions = {}) =>
      transport.body<HistoryEntry[]>({
        method: 'GET',
        path: ['node', id, 'history'],
        query: { limit: page.limit, offset: page.offset },
        public: true,
        shape: Array.isArray,
      }),
  };
}
