import type {
  ChangedWebhook,
  NewWebhook,
  Page,
  Webhook,
  WebhookBody,
  WebhookDelivery,
  WebhookOutcome,
  WebhookPatch,
} from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isPage, isWebhook, isWebhookOutcome } from '../shapes.ts';

/** The API tries to deliver before it answers. */
const DELIVERY_MS = 60_000;

/** Events that the API sends to an address. For who may use events. */
export function webhooksNoun(transport: Transport) {
  const replay = <T>(id: string, json: object, shape: (body: unknown) => boolean) =>
    transport.body<T>({
      method: 'POST',
      path: ['webhooks', id, 'replay'],
      json,
      waitMs: DELIVERY_MS,
      shape,
    });
  return {
    /** This answer alone has the secret. */
    create: (webhook: WebhookBody) =>
      transport.body<NewWebhook>({ method: 'POST', path: ['webhooks'], json: webhook, shape: isWebhook }),
    /** One's own; for admins, all. */
    list: (page: PageOptions = {}) =>
      transport.body<Page<Webhook>>({
        method: 'GET',
        path: ['webhooks'],
        query: pageQuery(page),
        shape: isPage,
      }),
    get: (id: string) => transport.body<Webhook>({ method: 'GET', path: ['webhooks', id], shape: isWebhook }),
    update: (id: string, changes: WebhookPatch) =>
      transport.body<ChangedWebhook>({
        method: 'PATCH',
        path: ['webhooks', id],
        json: changes,
        shape: isWebhook,
      }),
    delete: (id: string) => transport.body<undefined>({ method: 'DELETE', path: ['webhooks', id] }),
    /** The newest first. */
    deliveries: (id: string, page: PageOptions = {}) =>
      transport.body<Page<WebhookDelivery>>({
        method: 'GET',
        path: ['webhooks', id, 'deliveries'],
        query: pageQuery(page),
        shape: isPage,
      }),
    /** Sends an event that is none. */
    test: (id: string) =>
      transport.body<WebhookOutcome>({
        method: 'POST',
        path: ['webhooks', id, 'test'],
        waitMs: DELIVERY_MS,
        shape: isWebhookOutcome,
      }),
    /** Sends one entry of the log once more, out of turn. */
    replay: (id: string, sequenceId: number) =>
      replay<WebhookOutcome>(id, { sequence_id: sequenceId }, isWebhookOutcome),
    /** Goes on behind this position of the log, forwards or backwards. */
    rewind: (id: string, after: number) => replay<Webhook>(id, { after }, isWebhook),
  };
}
