import type { Socket } from 'node:net';
import type { App } from '../server-types.ts';

const SWEEP_MS = 50;

/**
 * Once the server is told to close, ends each connection as soon as nothing is in flight on it: kept-alive ones, those
 * whose last answer has just gone out, and those that browsers open in advance and have never used.
 */
export function registerClosing(app: App): void {
  const sockets = new Set<Socket>();
  let closing = false;
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const sweep = () => {
    app.server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing = true;
    const timer = setInterval(sweep, SWEEP_MS);
    app.server.once('close', () => clearInterval(timer));
  });
}
