import type { AuditEntry, Page } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isPage } from '../shapes.ts';

export interface AuditQuery {
  action?: string | undefined;
  actor?: string | undefined;
  target?: string | undefined;
  /** ISO times; without a zone they mean UTC. */
  since?: string | undefined;
  until?: string | undefined;
}

export function auditNoun(transport: Transport) {
  return {
    /** Administrative acts, the newest first; for admins. */
    list: (query: AuditQuery = {}, page: PageOptions = {}) =>
      transport.body<Page<AuditEntry>>({
        method: 'GET',
        path: ['audit'],
        shape: isPage,
        query: { ...query, ...pageQuery(page) },
      }),
  };
}
