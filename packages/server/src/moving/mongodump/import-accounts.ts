import { bumpAccessEpoch } from '../../store/access-epoch.ts';
import type { Executor, Tx } from '../../store/database.ts';
import { ensureGroup, findGroupById, findGroupsByName } from '../../store/groups.ts';
import { replaceGroups } from '../../store/memberships.ts';
import type { Flag } from '../../store/schema.ts';
import { emailKey, findUserByEmail, findUserById, findUserByName, insertUser } from '../../store/users.ts';
import type { Tally } from '../report.ts';
import { attempt, eachBatch, type Importing } from './collection.ts';
import { type Fields, fieldsOf, flag, idFrom, LeftOut, madeAt, ownId, storable, text } from './plain.ts';

interface GroupFields {
  id: string;
  name: string;
}

function groupOf(fields: Fields): GroupFields {
  const name = text(fields, 'name');
  if (!name) throw new LeftOut('it has no name');
  storable(JSON.stringify(name));
  return { id: ownId(fields), name };
}

/** A group is known by its name: where it exists already, it keeps the id that it has. */
async function takeGroup(tx: Tx, group: GroupFields): Promise<boolean> {
  const [same] = await findGroupsByName(tx, [group.name]);
  if (same !== undefined) return false;
  const holder = await findGroupById(tx, group.id);
  if (holder !== undefined) throw new LeftOut(`its id belongs to the group ${holder.name}`);
  await ensureGroup(tx, group);
  return true;
}

async function importGroups(importing: Importing): Promise<void> {
  await eachBatch(importing, { collection: 'usergroup', title: 'groups' }, async (documents, tally) => {
    await importing.db.write(async (tx) => {
      for (const document of documents) {
        await attemptLater(tally, document, async (fields) => {
          if (await takeGroup(tx, groupOf(fields))) tally.taken += 1;
          else tally.there += 1;
        });
      }
      await bumpAccessEpoch(tx);
    });
  });
}

async function attemptLater(
  tally: Tally,
  document: Buffer,
  take: (fields: Fields) => Promise<void>,
): Promise<void> {
  const fields = attempt(
    tally,
    () => 'unreadable',
    () => fieldsOf(document),
  );
  if (fields === undefined) return;
  try {
    await take(fields);
  } catch (error) {
    if (!(error instanceof LeftOut)) throw error;
    tally.leaveOut(error.message, String(fields.username ?? fields.name ?? idFrom(fields._id) ?? 'no id'));
  }
}

/** The groups that a user's document names. */
function membershipsIn({ groups }: Fields): GroupFields[] {
  return Array.isArray(groups)
    ? groups.map((group: Fields) => groupOf({ ...group, _id: group._id ?? group.id }))
    : [];
}

const flagOf = (fields: Fields, name: string): Flag => (flag(fields, name) ? 1 : 0);

function userOf(fields: Fields) {
  const id = ownId(fields);
  const username = text(fields, 'username');
  const email = text(fields, 'email');
  if (!username) throw new LeftOut('it has no username');
  if (!email) throw new LeftOut('it has no email');
  const made = madeAt(id);
  const row = {
    ...{ id, username, email },
    email_key: emailKey(email),
    hashed_password: text(fields, 'hashed_password') ?? '',
    is_active: flagOf({ is_active: true, ...fields }, 'is_active'),
    is_superuser: flagOf(fields, 'is_superuser'),
    is_verified: flagOf(fields, 'is_verified'),
    ...{ credentials_version: 0, token_generation: 0, invited: null, invite_accepted: null },
    ...{ created: made, updated: made },
  };
  storable(JSON.stringify(row));
  return row;
}

async function assertFree(x: Executor, user: ReturnType<typeof userOf>): Promise<void> {
  const sameName = await findUserByName(x, user.username);
  if (sameName !== undefined) throw new LeftOut(`its username belongs to another account, ${sameName.id}`);
  const sameEmail = await findUserByEmail(x, user.email);
  if (sameEmail !== undefined)
    throw new LeftOut(`its email belongs to another account, ${sameEmail.username}`);
}

/** Answers whether the account is new. Its groups that are missing are made, as its document names them. */
async function takeUser(tx: Tx, fields: Fields): Promise<boolean> {
  const user = userOf(fields);
  if (await findUserById(tx, user.id)) return false;
  await assertFree(tx, user);
  const groups = membershipsIn(fields);
  for (const group of groups) await takeGroup(tx, group);
  await insertUser(tx, user);
  const found = await findGroupsByName(
    tx,
    groups.map(({ name }) => name),
  );
  const byName = new Map(found.map((group) => [group.name, group]));
  const named = [...new Set(groups.map(({ name }) => name))];
  await replaceGroups(
    tx,
    user.id,
    named.flatMap((name) => byName.get(name) ?? []),
  );
  return true;
}

/** Takes groups, then users with their password hashes and memberships. Ids stay, and so do the tokens made for them. */
export async function importAccounts(importing: Importing): Promise<void> {
  await importGroups(importing);
  await eachBatch(importing, { collection: 'user', title: 'users' }, async (documents, tally) => {
    await importing.db.write(async (tx) => {
      for (const document of documents) {
        await attemptLater(tally, document, async (fields) => {
          if (await takeUser(tx, fields)) tally.taken += 1;
          else tally.there += 1;
        });
      }
      await bumpAccessEpoch(tx);
    });
  });
}
