import type { DatabaseReadings } from './database-readings.ts';
import type { Tools } from './tools.ts';

/** How the database is, as this instance sees it. */
export function showDatabase({ services, metrics }: Tools, readings: DatabaseReadings): void {
  const { ping, figures } = services.db;
  const answers = readings.add(async () => {
    await ping();
    return 1;
  });
  metrics.gauge(
    'kci_database_up',
    'Whether the database answers: 1 or 0',
    async () => (await answers()) ?? 0,
  );
  metrics.gauge('kci_database_size_bytes', 'How large the database is', readings.add(figures.size));
  if (figures.logLength !== undefined) {
    const help = 'How long the write-ahead log beside the SQLite file is';
    metrics.gauge('kci_database_wal_bytes', help, figures.logLength);
  }
  const { pool } = figures;
  if (pool === undefined) return;
  const connections = 'Connections of this instance to PostgreSQL: in_use or idle';
  metrics.gauges({ name: 'kci_database_pool_connections', help: connections, labels: ['state'] }, () => {
    const { inUse, idle } = pool();
    return [
      { labels: { state: 'in_use' }, value: inUse },
      { labels: { state: 'idle' }, value: idle },
    ];
  });
  const waiting = 'Statements and transactions of this instance that wait for a connection to PostgreSQL';
  metrics.gauge('kci_database_pool_waiting', waiting, () => pool().waiting);
}
