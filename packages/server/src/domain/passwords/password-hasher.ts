import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

/** argon2id with the least memory and passes that OWASP recommends: some 20 ms of one core. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const CURRENT = new RegExp(`^\\$argon2id\\$v=19\\$m=${MEMORY_KIB},t=${PASSES},p=${LANES}\\$`);

/** A hash that no password has: verifying against it costs what verifying any other costs. */
const NOBODY =
  `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}` +
  '$a2VybmVsY2kubm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export class PasswordHasher {
  hash(password: string): Promise<string> {
    return hash(password, {
      algorithm: 2 satisfies Algorithm.Argon2id,
      memoryCost: MEMORY_KIB,
      timeCost: PASSES,
      parallelism: LANES,
    });
  }

  /** Whether the password has the hash; bcrypt hashes of the existing server verify too. */
  async verify(hashed: string | undefined, password: string): Promise<boolean> {
    if (hashed?.startsWith('$2')) return verifyBcrypt(password, hashed);
    try {
      const same = await verify(hashed?.startsWith('$argon2') ? hashed : NOBODY, password);
      return same && hashed !== undefined;
    } catch {
      // A damaged hash matches nothing.
      return false;
    }
  }

  needsUpgrade(hashed: string): boolean {
    return !CURRENT.test(hashed);
  }
}
