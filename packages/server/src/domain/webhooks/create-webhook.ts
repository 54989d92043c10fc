import { type NewWebhook, newId, WEBHOOKS_MAX, type WebhookBody } from '@kernelci/model';
import { DomainError, invalid, unauthorized } from '../../errors.ts';
import { lastSeq } from '../../store/events.ts';
import { lockUser } from '../../store/users.ts';
import { countWebhooksOf, insertWebhook } from '../../store/webhooks.ts';
import { isSecret, newSecret } from '../../webhooks/signature.ts';
import type { Principal } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { storedConditions } from '../events/stored-filter.ts';
import type { Uses } from '../services.ts';
import { checkedUrl } from './webhook-url.ts';
import { auditedWebhook, ownWebhook, toWebhook, webhookTarget } from './webhook-view.ts';

function givenSecret(secret: string): string {
  if (isSecret(secret)) return secret;
  const msg = 'Must be whsec_ and 24 to 64 bytes in Base64';
  throw invalid({ type: 'value_error', loc: ['body', 'secret'], msg, input: null });
}

/**
 * Makes a webhook of the caller's that begins with the next event. Its answer alone has the secret.
 * Throws `invalid` for what cannot be read, `bad_value` for an address that may not be used and one webhook too many.
 */
export async function createWebhook(
  s: Uses<'db' | 'clock'>,
  actor: Actor & { principal: Principal },
  body: WebhookBody,
  refuses: (url: URL) => boolean,
): Promise<NewWebhook> {
  const { channel = null, filter = {}, description = null } = body;
  const url = checkedUrl(body.url, refuses);
  const secret = body.secret === undefined ? newSecret() : givenSecret(body.secret);
  const now = s.clock();
  const { id: userId } = actor.principal.account;
  const row = { id: newId(now), url, channel, filter: storedConditions(filter), description };
  return s.db.write(async (tx) => {
    if ((await lockUser(tx, userId)) === undefined) throw unauthorized();
    if ((await countWebhooksOf(tx, userId)) >= WEBHOOKS_MAX)
      throw new DomainError(
        'bad_value',
        `You have ${WEBHOOKS_MAX} webhooks already, and there cannot be more`,
      );
    await insertWebhook(tx, { ...row, user_id: userId, secret, created: now, position: await lastSeq(tx) });
    const act = { action: 'webhook.create', target: webhookTarget(row), after: auditedWebhook(row) };
    await recordAct(tx, actor, act, now);
    return { ...toWebhook(await ownWebhook(tx, actor.principal, row.id)), secret };
  });
}
