import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const POLL_MS = 200;

/**
 * Runs `work` while no other process on this machine holds the same lock.
 * The lock is a folder that names its owner; one whose owner is gone is taken over.
 * @param {string} lock path of the folder
 * @param {() => Promise<void>} work
 */
export async function withInstallLock(lock, work) {
  while (!acquire(lock)) {
    removeIfAbandoned(lock);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** The folder is renamed into place with its owner inside, so nobody ever sees it without one. */
function acquire(lock) {
  const prepared = `${lock}.${process.pid}`;
  mkdirSync(prepared, { recursive: true });
  writeFileSync(path.join(prepared, 'pid'), String(process.pid));
  try {
    renameSync(prepared, lock);
    return true;
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

function removeIfAbandoned(lock) {
  const owner = ownerOf(lock);
  if (owner === undefined || isAlive(owner)) return;
  const aside = `${lock}.abandoned.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  // Somebody else may have replaced it in between: then it is not ours to remove.
  if (ownerOf(aside) !== owner) renameSync(aside, lock);
  else rmSync(aside, { recursive: true, force: true });
}

function ownerOf(lock) {
  try {
    return Number(readFileSync(path.join(lock, 'pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
