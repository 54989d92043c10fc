import type { Listeners } from '../events/listeners.ts';
import type { WebhookWorker } from '../webhooks/worker.ts';
import { showDatabase } from './database-metrics.ts';
import { DatabaseReadings } from './database-readings.ts';
import { showLag } from './lag-metrics.ts';
import { showQueues } from './queue-metrics.ts';
import type { Tools } from './tools.ts';

/** Has `/metrics` show what the database knows. What is quick to read comes first. */
export function showFigures(tools: Tools, readers: { listeners: Listeners; webhooks: WebhookWorker }): void {
  const { services, onError } = tools;
  const readings = new DatabaseReadings({ db: services.db, onError });
  showDatabase(tools, readings);
  showQueues(tools, readings);
  showLag(tools, readings, readers);
}
