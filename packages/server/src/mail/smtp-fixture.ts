import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { cleanUpAfterFile } from '../../../../test/helpers/cleanup.ts';
import type { TestSmtpServer } from '../../../../test/helpers/smtp.ts';
import type { MailConfig } from '../config/config.ts';

type Delivery = MailConfig['delivery'];

/** Delivery to a mail server of the tests. */
export function smtpTo(
  server: { host: string; port: number },
  options: { tls?: boolean; user?: string; password?: string } = {},
): Delivery {
  const { host, port } = server;
  return { kind: 'smtp', host, port, tls: false, ...options };
}

/** Trusts the server's certificate from here on, and no other test's, as `NODE_EXTRA_CA_CERTS` does. */
export function trust(server: TestSmtpServer): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('bundled'), readFileSync(server.caFile, 'utf8')]);
}

/** A server for what the shared one cannot do: refuse at a certain stage, take its time. */
export async function startOddServer(options: SMTPServerOptions): Promise<{ host: string; port: number }> {
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  cleanUpAfterFile(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { host: '127.0.0.1', port: (server.server.address() as AddressInfo).port };
}

/** A server that takes connections and never says a word. */
export async function startSilentServer(): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpAfterFile(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
