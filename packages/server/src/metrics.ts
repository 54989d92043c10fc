import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** In seconds: from what memory answers to what waits for its limit. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Answers undefined, or fails, when there is nothing to tell. */
type Reading<T> = () => T | undefined | Promise<T | undefined>;

export interface Labelled<Label extends string> {
  labels: Record<Label, string>;
  value: number;
}

async function attempt<T>(read: Reading<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

/** What became of a transaction; `unavailable`: the database did not answer, or refused it for now. */
export const TRANSACTION_OUTCOMES = ['committed', 'rolled_back', 'unavailable'] as const;

/** What can be seen of the server from outside, in the form of Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames: ['instance'],
    registers: [this.registry],
  });
  readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, from the first byte of the request to the last of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS,
    registers: [this.registry],
  });
  readonly eventsLost = new Counter({
    name: 'kci_events_lost_total',
    help: 'Entries of the event log that were removed before a subscriber that was behind came for them',
    labelNames: ['reader'],
    registers: [this.registry],
  });
  readonly webhookDeliveries = new Counter({
    name: 'kci_webhook_requests_total',
    help: 'Requests to webhooks, by what became of them',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  readonly transactions = new Histogram({
    name: 'kci_database_transaction_duration_seconds',
    help: 'How long transactions took that change something, waiting for their turn included, by what became of them',
    labelNames: ['outcome'],
    buckets: DURATIONS,
    registers: [this.registry],
  });
  readonly lifecycleChanges = new Counter({
    name: 'kci_lifecycle_changes_total',
    help: 'Nodes that time has changed, by rule',
    labelNames: ['rule'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.requests.inc({ instance: 'api' }, 0);
    for (const outcome of ['delivered', 'failed']) this.webhookDeliveries.inc({ outcome }, 0);
    for (const outcome of TRANSACTION_OUTCOMES) this.transactions.zero({ outcome });
    for (const rule of ['timeout', 'holdoff', 'closing']) this.lifecycleChanges.inc({ rule }, 0);
    for (const reader of ['listen', 'group', 'webhook']) this.eventsLost.inc({ reader }, 0);
  }

  /** A value that is looked up when somebody asks. One that cannot be had is left out: the others are shown. */
  gauge(name: string, help: string, read: Reading<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => {
        const value = await attempt(read);
        if (value === undefined) gauge.remove();
        else gauge.set(value);
      },
    });
  }

  /** The same for several values, each with labels of its own. */
  gauges<Label extends string>(
    about: { name: string; help: string; labels: readonly Label[] },
    read: Reading<Array<Labelled<Label>>>,
  ): void {
    const gauge: Gauge<Label> = new Gauge({
      name: about.name,
      help: about.help,
      labelNames: [...about.labels],
      registers: [this.registry],
      collect: async () => {
        const values = (await attempt(read)) ?? [];
        gauge.reset();
        for (const { labels, value } of values) gauge.set(labels, value);
      },
    });
  }
}
