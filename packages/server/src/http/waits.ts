import type { FastifyReply } from 'fastify';
import type { App } from './server-types.ts';

/** Requests of a route that are kept waiting. When the server is told to close, all waiting ends. */
export class Waits {
  readonly #open = new Set<() => void>();
  #stopped = false;

  constructor(app: App) {
    app.addHook('preClose', async () => {
      this.#stopped = true;
      for (const end of [...this.#open]) end();
    });
  }

  /** Aborted when the client goes away, when the server stops, and when the time, in milliseconds, is over. */
  begin(reply: FastifyReply, ms?: number): AbortSignal {
    const controller = new AbortController();
    const end = () => {
      clearTimeout(timer);
      this.#open.delete(end);
      controller.abort();
    };
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    this.#open.add(end);
    reply.raw.once('close', end);
    if (this.#stopped || reply.raw.destroyed) end();
    return controller.signal;
  }
}
