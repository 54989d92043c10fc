import { type Static, Type } from 'typebox';
import { Id, LineText, LooseBoolean, Page } from './common.ts';

export const USERNAME_MAX = 128;
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 7;
export const PASSWORD_MAX = 4096;

const Username = LineText(USERNAME_MAX, 'login name');
const Email = Type.String({ format: 'email', maxLength: EMAIL_MAX });
const Password = Type.String({
  maxLength: PASSWORD_MAX,
  description: `at least ${PASSWORD_MIN} characters`,
});
const GroupNames = Type.Array(Type.String({ maxLength: 256 }), {
  maxItems: 1000,
  description: 'names of groups',
});

export const UserGroupRef = Type.Object({ id: Id, name: Type.String() });

/** An account as every reader may see it. The order of the keys is part of the contract. */
export const User = Type.Object({
  id: Id,
  email: Type.String(),
  is_active: Type.Boolean(),
  is_superuser: Type.Boolean(),
  is_verified: Type.Boolean(),
  username: Type.String(),
  groups: Type.Array(UserGroupRef),
});
export type User = Static<typeof User>;
export const UserPage = Page(User);

export const LoginForm = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 1024 }),
  password: Type.String({ minLength: 1, maxLength: PASSWORD_MAX }),
});
export type LoginForm = Static<typeof LoginForm>;
export const LoginAnswer = Type.Object({ access_token: Type.String(), token_type: Type.String() });

export const UpdatePasswordForm = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 1024 }),
  password: Type.String({ minLength: 1, maxLength: PASSWORD_MAX }),
  new_password: Password,
  revoke_tokens: Type.Optional(LooseBoolean()),
});

export const RegisterBody = Type.Object({
  username: Username,
  email: Email,
  password: Password,
  groups: Type.Optional(GroupNames),
  is_superuser: Type.Optional(LooseBoolean()),
  send_email: Type.Optional(
    LooseBoolean({ description: 'mail the new user their name, password and first steps' }),
  ),
});
export type RegisterBody = Static<typeof RegisterBody>;

/** What users may change of their own account; the flags are ignored, `groups` may only shrink. */
export const UpdateMeBody = Type.Object({
  username: Type.Optional(Type.Union([Username, Type.Null()])),
  email: Type.Optional(Type.Union([Email, Type.Null()])),
  password: Type.Optional(Type.Union([Password, Type.Null()])),
  groups: Type.Optional(Type.Union([GroupNames, Type.Null()])),
  revoke_tokens: Type.Optional(LooseBoolean()),
});
export type UpdateMeBody = Static<typeof UpdateMeBody>;

export const UpdateUserBody = Type.Object({
  username: Type.Optional(Type.Union([Username, Type.Null()])),
  email: Type.Optional(Type.Union([Email, Type.Null()])),
  password: Type.Optional(Type.Union([Password, Type.Null()])),
  groups: Type.Optional(Type.Union([GroupNames, Type.Null()])),
  is_active: Type.Optional(Type.Union([LooseBoolean(), Type.Null()])),
  is_superuser: Type.Optional(Type.Union([LooseBoolean(), Type.Null()])),
  is_verified: Type.Optional(Type.Union([LooseBoolean(), Type.Null()])),
});
export type UpdateUserBody = Static<typeof UpdateUserBody>;

export const EmailBody = Type.Object({ email: Email });
export const TokenBody = Type.Object({ token: Type.String({ maxLength: 8192 }) });
export const TokenPasswordBody = Type.Object({
  token: Type.String({ maxLength: 8192 }),
  password: Password,
});

export const InviteBody = Type.Object({
  username: Username,
  email: Email,
  groups: Type.Optional(GroupNames),
  is_superuser: Type.Optional(LooseBoolean()),
  send_email: LooseBoolean({ default: true }),
  return_token: LooseBoolean({ default: false }),
  resend_if_exists: LooseBoolean({ default: false }),
});
export type InviteBody = Static<typeof InviteBody>;

export const InviteUrls = Type.Object({
  public_base_url: Type.String(),
  accept_invite_url: Type.String(),
});
export const InviteAnswer = Type.Object({
  user: User,
  email_sent: Type.Boolean({ description: 'the mail is stored and will be delivered' }),
  public_base_url: Type.String(),
  accept_invite_url: Type.String(),
  invite_url: Type.Union([Type.String(), Type.Null()]),
  token: Type.Union([Type.String(), Type.Null()]),
});
export type InviteAnswer = Static<typeof InviteAnswer>;
