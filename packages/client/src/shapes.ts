/** Tells whether an answer can be what was asked for; enough to notice another service at the address. */
export type Shape = (body: unknown) => boolean;

export const isPage: Shape = (body) => Array.isArray(field(body, 'items'));
export const isAccount: Shape = (body) =>
  typeof field(body, 'username') === 'string' && Array.isArray(field(body, 'groups'));
export const isNode: Shape = (body) =>
  typeof field(body, 'id') === 'string' && field(body, 'kind') !== undefined;
export const isNodeOrNull: Shape = (body) => body === null || isNode(body);
export const isToken: Shape = (body) => typeof field(body, 'access_token') === 'string';

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
