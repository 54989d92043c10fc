import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A request on a connection of its own, of which the test has full control. */
export interface RawRequest {
  socket: Socket;
  /** What has come back so far. */
  received(): string;
  closed: Promise<unknown>;
}

/** Sends the GET request and returns once it is written. */
export async function sendRaw(
  server: { url: string },
  path: string,
  options: { token: string; headers?: string[]; allowHalfOpen?: boolean },
): Promise<RawRequest> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    allowHalfOpen: options.allowHalfOpen ?? false,
  });
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('utf8');
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  await once(socket, 'connect');
  const lines = [`GET ${path} HTTP/1.1`, 'Host: test', `Authorization: Bearer ${options.token}`];
  const written = once(socket, 'drain');
  const text = [...lines, ...(options.headers ?? []), '', ''].join('\r\n');
  if (socket.write(text)) written.catch(() => undefined);
  return { socket, received: () => received, closed };
}
