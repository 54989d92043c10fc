/** The variables of each mail template. Moments come written out, for people. */
export type MailData = {
  welcome: { username: string; password: string; apiUrl: string };
  invite: { username: string; token: string; inviteUrl: string; apiUrl: string; expires: string };
  verify: { username: string; email: string; token: string; apiUrl: string; expires: string };
  'reset-password': { username: string; email: string; token: string; apiUrl: string; expires: string };
  'password-changed': { username: string; apiUrl: string; time: string; address: string };
  'signup-received': { username: string; apiUrl: string };
  'signup-approved': { username: string; token: string; email: string; apiUrl: string; expires: string };
  'signup-rejected': { username: string; apiUrl: string };
  'signup-name-taken': { username: string; apiUrl: string };
  'signup-account-exists': { username: string; apiUrl: string };
  'webhook-disabled': {
    username: string;
    url: string;
    since: string;
    error: string;
    apiUrl: string;
    id: string;
  };
};

export type TemplateName = keyof MailData;

const username = 'ada';
const email = 'ada@example.org';
const apiUrl = 'https://api.example.org';
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2FtcGxl';
const expires = '2026-11-23 22:59 UTC';

/** One complete set of variables for each template: what a template may use, and what it is tried with. */
export const sampleData: Readonly<MailData> = {
  welcome: { username, password: 'sample-password', apiUrl },
  invite: { username, token, inviteUrl: `${apiUrl}/user/accept-invite?token=${token}`, apiUrl, expires },
  verify: { username, email, token, apiUrl, expires },
  'reset-password': { username, email, token, apiUrl, expires },
  'password-changed': { username, apiUrl, time: expires, address: '192.0.2.1' },
  'signup-received': { username, apiUrl },
  'signup-approved': { username, token, email, apiUrl, expires },
  'signup-rejected': { username, apiUrl },
  'signup-name-taken': { username, apiUrl },
  'signup-account-exists': { username, apiUrl },
  'webhook-disabled': {
    username,
    url: 'https://ci.example.org/events',
    since: expires,
    error: 'answered 500',
    apiUrl,
    id: '6562d8f0a1b2c3d4e5f60718',
  },
};

/** `Object.keys` forgets the key type; the object above has exactly these. */
export const templateNames = Object.keys(sampleData) as TemplateName[];
