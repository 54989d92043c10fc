import { setTimeout as delay } from 'node:timers/promises';
import { Alarm } from '../alarm.ts';
import type { MailConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { claimMails, hastenMails, type MailRow, nextMailDue } from '../store/mails.ts';
import { Delivery, type DeliveryOutcome, type DeliveryTools, type MailLog } from './delivery.ts';
import { outboxPath, outboxTransport } from './outbox.ts';
import { smtpTransport } from './smtp.ts';
import { defaultTiming, type MailTiming } from './timing.ts';

/** Mails sent at once by one process. */
const CONCURRENCY = 3;
/** Waits that are longer than this many leases cannot be leases: those mails are nobody's at the moment. */
const HASTEN_MARGIN = 1.25;

/** The file that the mail becomes; undefined when mails go to a mail server. */
export function outboxFile(config: MailConfig, mailId: string): string | undefined {
  return config.delivery.kind === 'outbox' ? outboxPath(config.delivery.folder, mailId) : undefined;
}

/**
 * Sends the stored mails. Any number of workers may share a database: each mail is claimed for one of them at a
 * time. Every mail is sent at least once, and more than once only when a process dies, or loses the database,
 * between the sending and the record of it.
 */
export class MailWorker {
  readonly #tools: DeliveryTools;
  readonly #flights = new Map<string, Promise<void>>();
  readonly #alarm = new Alarm();
  readonly #breakOff = new AbortController();
  #stopping = false;
  #loop = Promise.resolve();
  #serverDown = false;
  // What the last process waited for may have been put right by the restart.
  #hasten = true;

  constructor(options: {
    db: Database;
    config: MailConfig;
    log: MailLog;
    clock?: () => number;
    timing?: Partial<MailTiming>;
  }) {
    const { db, config, log, clock = Date.now, timing } = options;
    const { delivery, sender } = config;
    const transport =
      delivery.kind === 'smtp' ? smtpTransport(delivery, sender) : outboxTransport(delivery.folder, sender);
    this.#tools = { db, transport, log, clock, timing: { ...defaultTiming, ...timing } };
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** There may be a new mail. */
  wake(): void {
    this.#alarm.ring();
  }

  /** Ends with the mails in flight; those that take too long are broken off and left to the next worker. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    await this.#loop;
    const landed = Promise.all(this.#flights.values());
    const waiting = new AbortController();
    const patience = delay(this.#tools.timing.stop, undefined, { signal: waiting.signal }).catch(
      () => undefined,
    );
    await Promise.race([landed, patience]);
    waiting.abort();
    this.#breakOff.abort();
    await landed;
  }

  async #run(): Promise<void> {
    const { log, timing } = this.#tools;
    while (!this.#stopping) {
      const wait = await this.#round().catch((error: unknown) => {
        log.warn({ err: error }, 'the mail queue cannot be read');
        return timing.poll;
      });
      await this.#alarm.sleep(wait);
    }
  }

  /** Sets off what is due and answers how long to sleep, in milliseconds. */
  async #round(): Promise<number> {
    const { db, clock, timing } = this.#tools;
    const limit = CONCURRENCY - this.#flights.size;
    // The next one to land rings.
    if (limit === 0) return timing.poll;
    if (this.#hasten) await this.#hastenAll();
    const now = clock();
    const due = await nextMailDue(db.reader);
    if (due === undefined || due > now) return Math.min((due ?? Number.POSITIVE_INFINITY) - now, timing.poll);
    const claim = { now, lease: now + timing.lease, limit, except: [...this.#flights.keys()] };
    const mails = await db.write((tx) => claimMails(tx, claim));
    for (const mail of mails) this.#setOff(mail);
    return mails.length === 0 ? timing.poll : 0;
  }

  async #hastenAll(): Promise<void> {
    const { db, clock, timing } = this.#tools;
    const times = { now: clock(), margin: timing.lease * HASTEN_MARGIN };
    await db.write((tx) => hastenMails(tx, times));
    this.#hasten = false;
  }

  #setOff(mail: MailRow): void {
    const flight = new Delivery(this.#tools, mail, this.#breakOff.signal)
      .run()
      .then(
        (outcome) => this.#learn(outcome),
        (error: unknown) =>
          this.#tools.log.error({ err: error, mail: mail.id }, 'what became of a mail is not recorded'),
      )
      .finally(() => {
        this.#flights.delete(mail.id);
        this.#alarm.ring();
      });
    this.#flights.set(mail.id, flight);
  }

  /** The first mail that gets through after a failure of the server fetches those that wait for it. */
  #learn(outcome: DeliveryOutcome): void {
    if (outcome === 'serverDown') this.#serverDown = true;
    if (outcome !== 'sent' || !this.#serverDown) return;
    this.#serverDown = false;
    this.#hasten = true;
  }
}
