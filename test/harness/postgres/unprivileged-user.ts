import { readFileSync } from 'node:fs';

export interface User {
  uid: number;
  gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];
const USUAL_NOBODY: User = { uid: 65534, gid: 65534 };

/**
 * Whom PostgreSQL, which refuses to run as root, is to run as.
 * @returns undefined when the current user will do
 */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readPasswd();
  return CANDIDATES.map((name) => users.get(name)).find((user) => user !== undefined) ?? USUAL_NOBODY;
}

function readPasswd(): Map<string, User> {
  const users = new Map<string, User>();
  for (const line of tryRead('/etc/passwd').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && Number(uid) > 0 && Number(gid) > 0) {
      users.set(name, { uid: Number(uid), gid: Number(gid) });
    }
  }
  return users;
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
