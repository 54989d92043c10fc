import assert from 'node:assert/strict';
import type { Page } from './accounts.ts';
import { call } from './http.ts';

export interface TelemetryEvent {
  id: string;
  ts: string;
  kind: string;
  runtime: string;
  [field: string]: unknown;
}

interface At {
  url: string;
}

export async function sendTelemetry(server: At, token: string, events: unknown[]): Promise<void> {
  const { status, text } = await call(server, 'POST', '/latest/telemetry', { token, json: events });
  assert.deepEqual([status, text], [200, `{"inserted":${events.length}}`]);
}

const queryOf = (query: Record<string, string>): string => new URLSearchParams(query).toString();

export async function findTelemetry(
  server: At,
  query: Record<string, string>,
): Promise<Page<TelemetryEvent>> {
  const path = `/latest/telemetry?${queryOf(query)}`;
  const { status, body, text } = await call<Page<TelemetryEvent>>(server, 'GET', path);
  assert.equal(status, 200, text);
  return body;
}

/** What `telemetry/stats` or `telemetry/anomalies` answers. */
export async function askTelemetry<T>(
  server: At,
  what: 'stats' | 'anomalies',
  query: Record<string, string>,
): Promise<T> {
  const { status, body, text } = await call<T>(server, 'GET', `/latest/telemetry/${what}?${queryOf(query)}`);
  assert.equal(status, 200, text);
  return body;
}

/** So many minutes ago, as the API takes it. */
export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
