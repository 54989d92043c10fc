import assert from 'node:assert/strict';
import { type CallResult, call } from './http.ts';

export interface Listened {
  type: string;
  pattern: null;
  channel: string;
  /** The text of a CloudEvent. */
  data: string;
}

export interface CloudEvent {
  specversion: string;
  id: string;
  source: string;
  type: string;
  time: string;
  data: unknown;
  owner?: string;
  _sequence_id?: number;
  [attribute: string]: unknown;
}

export interface Subscribed {
  id: number;
  channel: string;
  user: string;
  promiscuous: boolean;
}

interface At {
  url: string;
}

/** Subscribes and answers the id. */
export async function subscribe(server: At, token: string, channel: string, query = ''): Promise<number> {
  const path = `/latest/subscribe/${channel}${query === '' ? '' : `?${query}`}`;
  const { status, body, text } = await call<Subscribed>(server, 'POST', path, { token });
  assert.equal(status, 200, text);
  return body.id;
}

export const listenCall = (server: At, token: string, id: number): Promise<CallResult<Listened>> =>
  call<Listened>(server, 'GET', `/latest/listen/${id}`, { token });

/** Waits for the subscription's next event. */
export async function listen(server: At, token: string, id: number): Promise<CloudEvent> {
  const { status, body, text } = await listenCall(server, token, id);
  assert.equal(status, 200, text);
  assert.equal(body.type, 'message');
  return JSON.parse(body.data);
}

/** The data of the next so many events. */
export async function listenTo(server: At, token: string, id: number, count: number): Promise<unknown[]> {
  const heard: unknown[] = [];
  while (heard.length < count) {
    const { data } = await listen(server, token, id);
    if (data !== 'BEEP') heard.push(data);
  }
  return heard;
}

export async function publish(server: At, token: string, channel: string, data: unknown): Promise<void> {
  const { status, text } = await call(server, 'POST', `/latest/publish/${channel}`, {
    token,
    json: { data },
  });
  assert.equal(status, 200, text);
}

export async function push(server: At, token: string, list: string, data: unknown): Promise<void> {
  const { status, text } = await call(server, 'POST', `/latest/push/${list}`, { token, json: { data } });
  assert.equal(status, 200, text);
}

export async function pop(server: At, token: string, list: string): Promise<CloudEvent> {
  const { status, body, text } = await call<CloudEvent>(server, 'GET', `/latest/pop/${list}`, { token });
  assert.equal(status, 200, text);
  return body;
}
