import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

const PREFIX = 'whsec_';
const BYTES = { new: 32, min: 24, max: 64 };

export const newSecret = (): string => PREFIX + randomBytes(BYTES.new).toString('base64');

/** Whether the text is a secret as Standard Webhooks has them: `whsec_` and 24 to 64 bytes in Base64. */
export function isSecret(text: string): boolean {
  if (!text.startsWith(PREFIX)) return false;
  const encoded = text.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64');
  const isPlain = bytes.toString('base64') === encoded;
  return isPlain && bytes.length >= BYTES.min && bytes.length <= BYTES.max;
}

/** The headers by which a receiver knows who sends, and that it is none of old. */
export function signedHeaders(
  secret: string,
  message: { id: string; body: string },
  now: number,
): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': new Webhook(secret).sign(message.id, new Date(now), message.body),
  };
}
