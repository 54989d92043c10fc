/** Tells whether an answer can be what was asked for; enough to notice another service at the address. */
export type Shape = (body: unknown) => boolean;

export const isPage: Shape = (body) => Array.isArray(field(body, 'items'));
export const isAccount: Shape = (body) =>
  typeof field(body, 'username') === 'string' && Array.isArray(field(body, 'groups'));
export const isNode: Shape = (body) =>
  typeof field(body, 'id') === 'string' && field(body, 'kind') !== undefined;
export const isNodeOrNull: Shape = (body) => body === null || isNode(body);
export const isToken: Shape = (body) => typeof field(body, 'access_token') === 'string';

const isNumber = (body: unknown, name: string) => typeof field(body, name) === 'number';

export const isSubscription: Shape = (body) => isNumber(body, 'id') && field(body, 'channel') !== undefined;

export const isListenAnswer: Shape = (body) => typeof field(body, 'data') === 'string';

export const isCloudEvent: Shape = (body) => field(body, 'specversion') !== undefined;

export const isFeedPage: Shape = (body) => isPage(body) && isNumber(body, 'next');

export const isFeedGroup: Shape = (body) =>
  typeof field(body, 'name') === 'string' && isNumber(body, 'max_deliveries');

export const isWebhook: Shape = (body) =>
  typeof field(body, 'id') === 'string' && typeof field(body, 'url') === 'string';

export const isTelemetryReceipt: Shape = (body) => isNumber(body, 'inserted');

export const isTelemetryAnomalies: Shape = (body) =>
  Array.isArray(field(body, 'result_anomalies')) && Array.isArray(field(body, 'error_anomalies'));

export const isWebhookOutcome: Shape = (body) => typeof field(body, 'outcome') === 'string';

export const isPin: Shape = (body) => typeof field(body, 'pinned') === 'boolean';

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
