import { newId } from '@kernelci/model';
import { insertAudit } from '../../store/audit.ts';
import type { Tx } from '../../store/database.ts';
import type { Principal } from '../access/principal.ts';

/** Who acts, and from where. Nobody is signed in for mailed links and forms with a password. */
export interface Actor {
  principal: Principal | null;
  address: string | null;
  requestId: string | null;
}

/** The server itself. */
export const SYSTEM: Actor = { principal: null, address: null, requestId: null };

export interface Act {
  action: string;
  target: { type: 'user' | 'group' | 'token' | 'signup' | 'webhook'; id: string; name: string };
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** The account that acts when the request carries no token: it has just proved itself in another way. */
  by?: { id: string; username: string };
}

const json = (value: Record<string, unknown> | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value);

/** Writes the act into the audit log, in the transaction of the act itself. Never pass secrets in it. */
export async function recordAct(tx: Tx, actor: Actor, act: Act, now: number): Promise<void> {
  const by = act.by ?? actor.principal?.account;
  await insertAudit(tx, {
    id: newId(now),
    time: now,
    actor_id: by?.id ?? null,
    actor_name: by?.username ?? null,
    token_id: actor.principal?.tokenId ?? null,
    address: actor.address,
    request_id: actor.requestId,
    action: act.action,
    target_type: act.target.type,
    target_id: act.target.id,
    target_name: act.target.name,
    before_json: json(act.before),
    after_json: json(act.after),
  });
}
