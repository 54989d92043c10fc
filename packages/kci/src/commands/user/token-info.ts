import { KciError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { parseJson } from '../../output/json-source.ts';
import { decodeToken, tokenParts } from '../../tokens/decode.ts';
import { dateOf, describeExpiry, describeScopes, mayAdminister } from '../../tokens/describe.ts';
import { defineVerb } from '../../verb.ts';
import { ADMIN_BY_DEFAULT } from '../api/tell-access.ts';

export const verb = defineVerb<[], { token?: string; raw?: boolean }>({
  description:
    'Tells what a token says: whose it is, when it expires, which scopes it carries, whether it is an admin token. ' +
    'The API is not asked, so nothing is said about whether it accepts the token.',
  examples: [
    ['kci user token-info', 'the token in use'],
    ['kci --as admin user token-info', 'the token saved as "admin"'],
    ['kci user token-info --token - < token.txt', 'one from standard input'],
    ['kci user token-info --raw --indent=2', 'its claims as JSON'],
  ],
  configure: (command) => {
    command
      .option('--token <token>', 'this token instead of the configured one; -: ask for it')
      .option('--raw', 'print the claims as JSON');
  },
  run: async (factory, _args, options) => {
    const { token, from, isDefault } = await chosenToken(factory, options.token);
    const parts = tokenParts(token);
    const claims = decodeToken(token);
    if (parts === undefined || claims === undefined) throw new KciError(`${from} is not a JWT`);
    if (options.raw === true) {
      await factory.json(parseJson(parts.claims));
      return;
    }
    factory.result(`Token: ${from}`);
    factory.result(`User id: ${claims.sub ?? 'none'}`);
    if (claims.jti !== undefined) factory.result(`Token id: ${claims.jti}`);
    if (claims.iat !== undefined) factory.result(`Issued: ${dateOf(claims.iat)}`);
    factory.result(`Expires: ${describeExpiry(claims)}`);
    factory.result(`Scopes: ${describeScopes(claims)}`);
    factory.result(`Admin rights: ${mayAdminister(claims) ? 'yes, if the account has them' : 'no'}`);
    if (isDefault && claims.scopes?.includes('admin') === true) factory.warn(ADMIN_BY_DEFAULT);
  },
});

async function chosenToken(factory: Factory, given: string | undefined) {
  if (given === '-') {
    const token = await (await factory.prompter()).secret('Token: ');
    return { token: token.trim(), from: 'the token', isDefault: false };
  }
  if (given !== undefined) return { token: given.trim(), from: 'the token', isDefault: false };
  const token = await factory.token();
  if (token === undefined) throw new KciError('no token is configured', "run 'kci login', or give --token");
  return { ...token, isDefault: token.name === undefined };
}
