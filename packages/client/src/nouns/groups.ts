import type { Group, Page } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type Filters, type PageOptions, pageQuery } from '../paging.ts';
import { isPage } from '../shapes.ts';

export function groupsNoun(transport: Transport) {
  return {
    /** Public. */
    find: (filters: Filters = {}, page: PageOptions = {}) =>
      transport.body<Page<Group>>({
        method: 'GET',
        path: ['groups'],
        shape: isPage,
        query: { ...filters, ...pageQuery(page) },
        public: true,
      }),
    /** Public. */
    get: (id: string) => transport.body<Group>({ method: 'GET', path: ['group', id], public: true }),
    /** For admins. */
    create: (name: string) => transport.body<Group>({ method: 'POST', path: ['group'], json: { name } }),
    /** For admins; refused while anybody is a member. */
    delete: (id: string) => transport.body<undefined>({ method: 'DELETE', path: ['group', id] }),
  };
}
