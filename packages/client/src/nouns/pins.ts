import type { Page, Pin } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isPage, isPin } from '../shapes.ts';

/** Nodes that are kept, each with all that is above and below it, however old they grow. Reading sends no token. */
export function pinsNoun(transport: Transport) {
  const set = (id: string, json: object) =>
    transport.body<Pin>({ method: 'PUT', path: ['node', id, 'pin'], json, shape: isPin });
  return {
    /** Pins a node; one that is pinned gets this reason, or none. For who may edit the node. */
    pin: (id: string, reason?: string | undefined) =>
      set(id, { pinned: true, ...(reason === undefined ? {} : { reason }) }),
    /** Takes the pin away, if there is one. */
    unpin: (id: string) => set(id, { pinned: false }),
    /** Whether the node itself is pinned; status 404 when there is no such node. */
    get: (id: string) =>
      transport.body<Pin>({ method: 'GET', path: ['node', id, 'pin'], public: true, shape: isPin }),
    /** All pins, oldest first. */
    list: (page: PageOptions = {}) =>
      transport.body<Page<Pin>>({
        method: 'GET',
        path: ['pins'],
        query: pageQuery(page),
        public: true,
        shape: isPage,
      }),
  };
}
