/** One setup at a time: `npm start` and `npm test` in two terminals must not install over each other. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `work` while holding the lock file; waits for another live process, takes over from a dead one.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !take(path);) {
    const holder = holderOf(path);
    if (holder !== undefined && !isAlive(holder)) release(path, holder);
    else {
      if (!told && holder !== undefined) process.stdout.write(`Another setup (process ${holder}) is at work; waiting for it …\n`);
      told ||= holder !== undefined;
      await delay(200);
    }
  }
  try {
    return await work();
  } finally {
    release(path, process.pid);
  }
}

/**
 * Links a finished file into place, so that nobody reads a lock without its holder.
 * @param {string} path
 */
function take(path) {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** @param {string} path */
function holderOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Moves the lock away first and looks whose it was: between two looks somebody else may have taken it.
 * @param {string} path
 * @param {number} holder
 */
function release(path, holder) {
  const aside = `${path}.${process.pid}.aside`;
  try {
    renameSync(path, aside);
    if (holderOf(aside) !== holder) linkSync(aside, path);
  } catch {
    // Somebody was quicker; the next look shows who.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
