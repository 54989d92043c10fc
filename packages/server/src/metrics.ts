import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** In seconds: from what memory answers to what waits for its limit. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

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
    for (const rule of ['timeout', 'holdoff', 'closing']) this.lifecycleChanges.inc({ rule }, 0);
    for (const reader of ['listen', 'group', 'webhook']) this.eventsLost.inc({ reader }, 0);
  }

  /** A value that is looked up when somebody asks. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set(await read()),
    });
  }
}
