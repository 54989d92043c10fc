import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@kernelci/model';
import { pino } from 'pino';
import { cleanUpAfterFile } from '../../../../test/helpers/cleanup.ts';
import { createDatabase } from '../../../../test/helpers/databases.ts';
import type { Engine } from '../../../../test/helpers/engines.ts';
import { makeTempFolder } from '../../../../test/helpers/temp-folder.ts';
import type { MailConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import type { MailRow } from '../store/mails.ts';
import { type DatabaseLocation, openDatabase } from '../store/open.ts';
import { queueMail } from './queue.ts';
import type { MailTiming } from './timing.ts';
import { MailWorker } from './worker.ts';

export const SENDER = 'api@kernelci.example';
export const SECRET = 'eyJhbGciOiJIUzI1NiJ9.the-token-of-the-mail.c2lnbmF0dXJl';

const WITHIN_MS = 30_000;

/** Waits as long as a slow machine may need, not as long as the tests run. */
const TEST_TIMING = { poll: 50, retries: [100] };

export interface WorkerOptions {
  timing?: Partial<MailTiming>;
  clock?: () => number;
  /** Default: the bench's own. */
  db?: Database;
}

/** A database with a mail queue, and workers on it. */
export class MailBench {
  readonly db: Database;
  readonly #location: DatabaseLocation;
  readonly #workers: MailWorker[] = [];
  logs = '';

  private constructor(db: Database, location: DatabaseLocation) {
    this.db = db;
    this.#location = location;
  }

  static async open(engine: Engine): Promise<MailBench> {
    const location: DatabaseLocation =
      engine === 'postgres'
        ? { engine: 'postgres', url: (await createDatabase()).url }
        : { engine: 'sqlite', file: path.join(makeTempFolder('mail'), 'kernelci.db') };
    const bench = new MailBench(await open(location), location);
    cleanUpAfterFile(() => bench.stopWorkers());
    return bench;
  }

  /**
   * Connections of their own to the same database, as another process has. Two writers of a SQLite file in one
   * process would wait for each other, so there it is the same one.
   */
  async openAgain(): Promise<Database> {
    return this.#location.engine === 'sqlite' ? this.db : open(this.#location);
  }

  startWorker(delivery: MailConfig['delivery'], options: WorkerOptions = {}): MailWorker {
    const { db = this.db, timing, clock } = options;
    const worker = new MailWorker({
      db,
      config: { delivery, sender: SENDER, templatesDir: undefined },
      log: pino({}, { write: (line: string) => this.#keep(line) }),
      timing: { ...TEST_TIMING, ...timing },
      ...(clock === undefined ? {} : { clock }),
    });
    db.onWake('mail', () => worker.wake());
    worker.start();
    this.#workers.push(worker);
    return worker;
  }

  #keep(line: string): void {
    this.logs += line;
  }

  async stopWorkers(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
  }

  /** Stores a mail with a secret in it and gives its id. */
  async queue(recipient: string): Promise<string> {
    const id = newId();
    const mail = {
      id,
      recipient,
      subject: `Subject of ${id}`,
      text: `Text with\n${SECRET}\n`,
      html: `<p>Markup with ${SECRET}</p>`,
    };
    await this.db.write((tx) => queueMail(tx, mail, Date.now()));
    return id;
  }

  row(id: string): Promise<MailRow | undefined> {
    return this.db.reader.sql.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Waits until the mail is gone from the queue, that is, sent. */
  async sent(id: string): Promise<void> {
    await this.#until(id, (row) => row === undefined);
  }

  /** Waits until so many attempts at the mail have failed, and gives the row then. */
  async tried(id: string, attempts: number): Promise<MailRow> {
    const row = await this.#until(id, (found) => found !== undefined && found.attempts >= attempts);
    assert.ok(row);
    return row;
  }

  /** Waits until a worker holds the mail for sending. */
  async claimed(id: string): Promise<void> {
    await this.#until(id, (row) => row !== undefined && row.due > row.created);
  }

  async #until(id: string, fits: (row: MailRow | undefined) => boolean): Promise<MailRow | undefined> {
    for (const end = Date.now() + WITHIN_MS; ; ) {
      const row = await this.row(id);
      if (fits(row)) return row;
      assert.ok(Date.now() < end, `mail ${id} stays ${JSON.stringify(row)}\n${this.logs}`);
      await delay(20);
    }
  }
}

async function open(location: DatabaseLocation): Promise<Database> {
  const db = await openDatabase(location, { onConnectionError: () => undefined });
  cleanUpAfterFile(() => db.close());
  return db;
}
