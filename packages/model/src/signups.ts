import { type Static, Type } from 'typebox';
import { Id, Page, Time } from './common.ts';
import { RegisterBody } from './users.ts';

export const SignupBody = Type.Pick(RegisterBody, ['username', 'email', 'password']);
export const SignupAnswer = Type.Object({ detail: Type.String() });

export const Signup = Type.Object({
  id: Id,
  username: Type.String(),
  email: Type.String(),
  state: Type.Union([Type.Literal('pending'), Type.Literal('approved'), Type.Literal('rejected')]),
  created: Time,
  decided: Type.Union([Time, Type.Null()]),
  decided_by: Type.Union([Type.String(), Type.Null()]),
});
export type Signup = Static<typeof Signup>;
export const SignupPage = Page(Signup);
