import type {
  NewTelemetryEvent,
  Page,
  TelemetryAnomalies,
  TelemetryEvent,
  TelemetryGroupField,
  TelemetryReceipt,
  TelemetryScope,
  TelemetryStats,
  TelemetryWindow,
} from '@kernelci/model';
import type { RawJson } from '../http/raw-json.ts';
import type { Transport } from '../http/transport.ts';
import { type Filters, type PageOptions, pageQuery } from '../paging.ts';
import { isPage, isTelemetryAnomalies, isTelemetryReceipt } from '../shapes.ts';

export interface AnomalyQuestion {
  /** How far back; default: `6h`. */
  window?: TelemetryWindow | undefined;
  /** From 0 to 1, the part of failures from which on it is an anomaly; default: 0.5. */
  threshold?: number | undefined;
  /** Groups of fewer events are left out; default: 3. */
  minTotal?: number | undefined;
  /** Default: `device_type`. */
  scope?: TelemetryScope | undefined;
}

/** Events of one page, where all are fetched. */
const PAGE = 5000;

/** Reading is public and sends no token. Filters are values of fields, `since`, `until` and `is_infra_error`. */
export function telemetryNoun(transport: Transport) {
  const find = (filters: Filters = {}, page: PageOptions = {}) =>
    transport.body<Page<TelemetryEvent>>({
      method: 'GET',
      path: ['telemetry'],
      query: { ...filters, ...pageQuery(page) },
      public: true,
      shape: isPage,
    });
  return {
    /** Stores events, all or none; at least one. */
    send: (events: readonly NewTelemetryEvent[] | RawJson) =>
      transport.body<TelemetryReceipt>({
        method: 'POST',
        path: ['telemetry'],
        json: events,
        shape: isTelemetryReceipt,
      }),
    /** One page, the newest first. */
    find,
    /** Every event, fetched page by page; what comes meanwhile shifts nothing. */
    async *each(filters: Filters = {}, limit = PAGE): AsyncGenerator<TelemetryEvent, void, undefined> {
      let page = await find(filters, { limit });
      let offset = 0;
      for (;;) {
        yield* page.items;
        const until = page.items.at(-1)?.ts;
        if (until === undefined || page.items.length < limit) return;
        // Of that moment, the first are known already.
        const ofMoment = page.items.filter(({ ts }) => ts === until).length;
        offset = ofMoment === page.items.length ? offset + ofMoment : ofMoment;
        page = await find({ ...filters, until }, { limit, offset });
      }
    },
    /** How much there is of each combination of values, the most first. */
    stats: (groupBy: readonly TelemetryGroupField[], filters: Filters = {}) =>
      transport.body<TelemetryStats[]>({
        method: 'GET',
        path: ['telemetry', 'stats'],
        query: { group_by: groupBy.join(','), ...filters },
        public: true,
        shape: Array.isArray,
      }),
    /** What fails more than it should. */
    anomalies: ({ window, threshold, minTotal, scope }: AnomalyQuestion = {}) =>
      transport.body<TelemetryAnomalies>({
        method: 'GET',
        path: ['telemetry', 'anomalies'],
        query: { window, threshold, min_total: minTotal, scope },
        public: true,
        shape: isTelemetryAnomalies,
      }),
  };
}
