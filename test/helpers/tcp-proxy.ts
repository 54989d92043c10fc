import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { cleanUpAfterFile } from './cleanup.ts';

export interface TcpProxy {
  port: number;
  /** Breaks all connections and refuses new ones. */
  cut(): void;
  mend(): void;
  /** Lets nothing through, and breaks nothing, until `release`. */
  hold(): void;
  release(): void;
}

/** Passes connections on to another port, until the test cuts them. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isHeld = false;
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    track(incoming);
    if (isCut) {
      incoming.destroy();
      return;
    }
    const outgoing = connect(target.port, target.host);
    track(outgoing);
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
    if (isHeld) for (const socket of [incoming, outgoing]) socket.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  cleanUpAfterFile(() => {
    breakAll();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      breakAll();
    },
    mend() {
      isCut = false;
    },
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
