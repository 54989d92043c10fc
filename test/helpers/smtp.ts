import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { makeCertificate } from './certificate.ts';
import { cleanUpAfterFile } from './cleanup.ts';
import { makeTempFolder } from './temp-folder.ts';

const MAIL_WITHIN_MS = 30_000;

export interface SmtpOptions {
  /** `plain`: no TLS at all; `starttls`: offered; `tls`: from the first byte. Default `plain`. */
  security?: 'plain' | 'starttls' | 'tls';
  /** Required when given; without it nobody has to log in. */
  auth?: { user: string; password: string };
  /** Default: a free port. */
  port?: number;
  /** Answers the first `times` messages with `code` (such as 451 or 550) instead of taking them. */
  failFirst?: { times: number; code: number };
}

export interface ReceivedMail {
  /** Envelope sender and recipients. */
  from: string;
  to: string[];
  /** Whether it came over TLS. */
  secure: boolean;
  raw: string;
  mail: Email;
}

export interface TestSmtpServer {
  host: string;
  port: number;
  /** A PEM file with the certificate that clients have to trust. */
  caFile: string;
  mails: ReceivedMail[];
  /** How many messages were offered, refused ones included. */
  attempts(): number;
  /** The first mail, among those that came and those to come, that fits. @throws Error after 30 s without one */
  waitForMail(fits: (received: ReceivedMail) => boolean): Promise<ReceivedMail>;
  stop(): Promise<void>;
}

/** Starts a real SMTP server; it stops by itself when the test file ends. */
export async function startSmtpServer(options: SmtpOptions = {}): Promise<TestSmtpServer> {
  const certificate = makeCertificate();
  const caFile = path.join(makeTempFolder('smtp'), 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const mails: ReceivedMail[] = [];
  const watchers = new Set<() => void>();
  let attempts = 0;
  const server = new SMTPServer({
    ...certificate,
    secure: options.security === 'tls',
    hideSTARTTLS: (options.security ?? 'plain') === 'plain',
    allowInsecureAuth: true,
    authOptional: options.auth === undefined,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      const { user, password } = options.auth ?? {};
      if (auth.username === user && auth.password === password) done(null, { user });
      else done(smtpError(535, 'wrong name or password'));
    },
    onData(stream, session, done) {
      receive(stream).then(async (raw) => {
        attempts += 1;
        const { failFirst } = options;
        if (failFirst !== undefined && attempts <= failFirst.times) {
          done(smtpError(failFirst.code, 'not now'));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          raw,
          mail: await PostalMime.parse(raw),
        });
        done();
        for (const watcher of watchers) watcher();
      }, done);
    },
  });
  // A client that breaks off, as a killed server does, is no fault of the test.
  server.on('error', () => undefined);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= new Promise((resolve) => server.close(() => resolve()));
    return stopped;
  };
  cleanUpAfterFile(stop);
  return {
    host: '127.0.0.1',
    port: (server.server.address() as AddressInfo).port,
    caFile,
    mails,
    attempts: () => attempts,
    waitForMail: (fits) => waitForMail(mails, watchers, fits),
    stop,
  };
}

function waitForMail(
  mails: ReceivedMail[],
  watchers: Set<() => void>,
  fits: (received: ReceivedMail) => boolean,
): Promise<ReceivedMail> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = mails.find(fits);
      if (found === undefined) return;
      clearTimeout(timer);
      watchers.delete(look);
      resolve(found);
    };
    const timer = setTimeout(() => {
      watchers.delete(look);
      const seen = mails.map(({ to, mail }) => `${to.join(', ')}: ${mail.subject}`).join('\n');
      reject(new Error(`no such mail within ${MAIL_WITHIN_MS} ms; there are ${mails.length}:\n${seen}`));
    }, MAIL_WITHIN_MS);
    watchers.add(look);
    look();
  });
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function receive(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
