import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.ts';
import { broken, type Finding, good, trouble } from './finding.ts';

const MB = 1024 * 1024;
const SPACE = { scarce: 1024 * MB, none: 100 * MB };
/** Permissions of others than the owner. */
const OTHERS = 0o077;

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The nearest folder on the way up that exists. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

function checkSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(existing(folder));
  const free = bavail * bsize;
  const text = `${Math.floor(free / MB).toLocaleString('en')} MB free on the disk of ${folder}`;
  if (free < SPACE.none) return broken(`${text}: make room, writes are about to fail`);
  return free < SPACE.scarce ? trouble(`${text}: make room soon`) : good(text);
}

function checkDataFolder({ dataDir }: Config): Finding {
  if (!existsSync(dataDir)) {
    return isWritable(existing(dataDir))
      ? trouble(`the data folder ${dataDir} is not there yet: the first start makes it`)
      : broken(`the data folder ${dataDir} cannot be made: set KCI_DATA_DIR to one that can, or make it`);
  }
  if (!statSync(dataDir).isDirectory())
    return broken(`${dataDir} is no folder: set KCI_DATA_DIR to another path`);
  if (!isWritable(dataDir))
    return broken(`the data folder ${dataDir} cannot be written: give it to the user of the server`);
  return good(`the data folder ${dataDir} can be written`);
}

function checkSecretKey({ secrets, database, dataDir }: Config): Finding {
  if (secrets.secretKey !== undefined) return good('SECRET_KEY is set');
  const file = join(dataDir, 'secret_key');
  if (database.engine === 'postgres')
    return trouble(
      `SECRET_KEY is not set: each data folder has a key of its own, so set it before a second instance starts`,
    );
  if (!existsSync(file)) return good(`the first start makes the key ${file}`);
  if ((statSync(file).mode & OTHERS) !== 0)
    return trouble(`others may read the key ${file}: chmod 600 ${file}`);
  return good(`the key is ${file}`);
}

export function checkFolder(config: Config): Finding[] {
  return [checkDataFolder(config), checkSpace(config.dataDir), checkSecretKey(config)];
}
