import { type Static, Type } from 'typebox';
import { Id, Page, Time } from './common.ts';
import { SCOPES } from './scopes.ts';
import { PASSWORD_MAX } from './users.ts';

export const TOKEN_EXPIRY_DEFAULT_SECONDS = 90 * 24 * 3600;
export const TOKEN_EXPIRY_MAX_SECONDS = 10 * 365 * 24 * 3600;

const ScopeName = Type.Enum([...SCOPES]);

export const TokenForm = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 1024 }),
  password: Type.String({ minLength: 1, maxLength: PASSWORD_MAX }),
  name: Type.Optional(Type.String({ maxLength: 128, description: 'what the token is for' })),
  scopes: Type.Optional(
    Type.String({
      maxLength: 256,
      description: `some of ${SCOPES.join(', ')}, separated by blanks or commas; default: all that the user may do`,
    }),
  ),
  expires_in: Type.Integer({
    minimum: 1,
    maximum: TOKEN_EXPIRY_MAX_SECONDS,
    default: TOKEN_EXPIRY_DEFAULT_SECONDS,
    description: 'seconds',
  }),
});
export type TokenForm = Static<typeof TokenForm>;

export const TokenAnswer = Type.Object({
  access_token: Type.String(),
  token_type: Type.String(),
  id: Id,
  name: Type.String(),
  scopes: Type.Array(ScopeName),
  expires: Time,
});
export type TokenAnswer = Static<typeof TokenAnswer>;

export const TokenInfo = Type.Object({
  id: Id,
  user: Type.Object({ id: Id, username: Type.String() }),
  name: Type.String(),
  scopes: Type.Array(ScopeName),
  created: Time,
  expires: Time,
  last_used: Type.Union([Time, Type.Null()]),
});
export type TokenInfo = Static<typeof TokenInfo>;
export const TokenPage = Page(TokenInfo);
