import { Counter, Gauge, Registry } from 'prom-client';

/** What can be seen of the server from outside, in the form of Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames: ['instance'],
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

  constructor() {
    this.requests.inc({ instance: 'api' }, 0);
    for (const outcome of ['delivered', 'failed']) this.webhookDeliveries.inc({ outcome }, 0);
    for (const reader of ['listen', 'group', 'webhook']) this.eventsLost.inc({ reader }, 0);
  }

  /** A value that is looked up when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }
}
