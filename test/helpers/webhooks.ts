import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { cleanUpAfterFile } from './cleanup.ts';
import type { CloudEvent } from './events.ts';
import { eventually } from './eventually.ts';
import { call } from './http.ts';

export interface Webhook {
  id: string;
  url: string;
  channel: string | null;
  filter: Record<string, string>;
  description: string | null;
  state: 'active' | 'disabled';
  owner: string;
  created: string;
  position: number;
  failing_since: string | null;
  next_attempt: string | null;
  last_error: string | null;
}

export interface Outcome {
  outcome: 'delivered' | 'failed';
  response_status: number | null;
  error: string | null;
  ms: number;
}

export interface Delivery extends Outcome {
  sequence_id: number;
  event_id: string;
  time: string;
  attempt: number;
}

/** A request as it came. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  event: CloudEvent;
}

/** Answers a request; one that it never answers hangs. */
export type Answer = (received: Received, response: ServerResponse) => unknown;

/** A service that events are sent to. */
export interface Receiver {
  url: string;
  received: Received[];
  /** The data of the events that were accepted, in the order in which they came. */
  accepted(): unknown[];
  /** How many requests were under way at once, at the most. */
  mostAtOnce(): number;
  answer: Answer;
  stop(): Promise<void>;
}

export const status =
  (code: number): Answer =>
  (_received, response) =>
    response.writeHead(code).end();

/** Starts a receiver on a port of its own, or on the one given. */
export async function startReceiver(answer: Answer = status(204), port = 0): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const accepted: unknown[] = [];
  let [underWay, most] = [0, 0];
  const server = createServer(async (request, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    response.once('close', () => {
      underWay -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, body, event: JSON.parse(body) as CloudEvent };
    receiver.received.push(received);
    response.once('finish', () => {
      if (response.statusCode < 300) accepted.push(received.event.data);
    });
    await receiver.answer(received, response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  cleanUpAfterFile(stop);
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    accepted: () => accepted,
    mostAtOnce: () => most,
    answer,
    stop,
  };
  return receiver;
}

interface At {
  url: string;
}

export const webhookCall = <Body = Webhook>(
  server: At,
  token: string,
  method: string,
  path: string,
  json?: unknown,
) =>
  call<Body>(server, method, `/latest/webhooks${path}`, { token, ...(json === undefined ? {} : { json }) });

/** Makes a webhook and answers it, with its secret. */
export async function addWebhook(
  server: At,
  token: string,
  body: Record<string, unknown>,
): Promise<Webhook & { secret: string }> {
  const answer = await webhookCall<Webhook & { secret: string }>(server, token, 'POST', '', body);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

export async function getWebhook(server: At, token: string, id: string): Promise<Webhook> {
  const { status: code, body, text } = await webhookCall(server, token, 'GET', `/${id}`);
  assert.equal(code, 200, text);
  return body;
}

/** Waits until the webhook is as it should be. */
export const untilWebhook = (
  server: At,
  token: string,
  id: string,
  what: string,
  fits: (webhook: Webhook) => boolean,
): Promise<Webhook> =>
  eventually(what, async () => {
    const webhook = await getWebhook(server, token, id);
    return fits(webhook) ? webhook : undefined;
  });

/** The webhook's deliveries, the oldest first. */
export async function deliveriesOf(server: At, token: string, id: string): Promise<Delivery[]> {
  const path = `/${id}/deliveries?limit=1000`;
  const { status: code, body, text } = await webhookCall<{ items: Delivery[] }>(server, token, 'GET', path);
  assert.equal(code, 200, text);
  return body.items.reverse();
}

/** Waits until so many events were accepted, and answers their data. */
export async function accepts(receiver: Receiver, count: number): Promise<unknown[]> {
  await eventually(`${count} events are accepted`, () =>
    receiver.accepted().length >= count ? true : undefined,
  );
  return [...receiver.accepted()];
}

/** Whether the request is signed with the secret as Standard Webhooks says. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  return headers['webhook-signature'] === `v1,${signature}`;
}

/** The data without what came a second time. */
export const withoutRepeats = (data: readonly unknown[]): unknown[] => [...new Set(data)];
