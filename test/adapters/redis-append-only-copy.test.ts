/** The copy of an append-only file that somebody writes to: up to a whole command, whatever the moment. */
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ScratchRedis } from '../../activities/ports/redis-backups.ts';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { copyAppendOnly } from '../../adapters/redis/copy-append-only.ts';
import { createScratchRedis } from '../../adapters/redis/scratch-redis.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../support/redis/backed-up.ts';

const command = (n: number): string => `*3\r\n$3\r\nSET\r\n$${`k:${n}`.length}\r\nk:${n}\r\n$5\r\nvalue\r\n`;
let bed: BackedUpRedisBed;
let scratch: ScratchRedis;
let folder: ScratchFolder;
let home: string;
let incr: string;
beforeAll(async () => {
  bed = await startBackedUpRedis();
  scratch = createScratchRedis(bed.secret);
});
afterAll(() => bed?.stop());
beforeEach(async () => {
  folder = await scratch.open(bed.settings);
  home = join(folder.path, 'home');
  mkdirSync(home);
  incr = join(home, 'appendonly.aof.1.incr.aof');
  writeFileSync(join(home, 'appendonly.aof.manifest'), 'file appendonly.aof.1.incr.aof seq 1 type i\n');
  writeFileSync(incr, command(1) + command(2).slice(0, -9));
});
afterEach(() => scratch.remove(folder));

const copy = (whenLooked: () => void = () => undefined, isAtRest = async (): Promise<boolean> => true): Promise<void> => {
  const source = { folder: home, manifest: join(home, 'appendonly.aof.manifest'), isAtRest };
  // Runs when the copy is looked at for the first time.
  const bin = join(folder.path, 'bin');
  mkdirSync(bin);
  const mark = join(folder.path, 'looked');
  writeFileSync(join(bin, 'redis-check-aof'), `#!/bin/sh\n/usr/bin/redis-check-aof "$@"; code=$?\n: > ${mark}\nexit $code\n`);
  chmodSync(join(bin, 'redis-check-aof'), 0o755);
  chmodSync(folder.path, 0o777);
  chmodSync(bin, 0o755);
  const timer = setInterval(() => {
    if (!readdirSync(folder.path).includes('looked')) return;
    clearInterval(timer);
    whenLooked();
  }, 1);
  return copyAppendOnly(source, { bin, folder, from: folder.files }).finally(() => clearInterval(timer));
};
const copied = (): string => readFileSync(join(folder.files, 'appendonlydir/appendonly.aof.1.incr.aof'), 'utf8');

test('that ends in the middle of a command gets the rest where that is there', async () => {
  await copy(() => appendFileSync(incr, command(2).slice(-9)));
  expect(copied()).toBe(command(1) + command(2));
});

test('that ends so is cut behind the last whole one where the next one is half written again', async () => {
  await copy(() => appendFileSync(incr, command(2).slice(-9) + command(3).slice(0, 12)));
  expect(copied()).toBe(command(1) + command(2));
});

test('of a file that went before it was opened begins anew, with the manifest of then', async () => {
  const manifest = join(home, 'appendonly.aof.manifest');
  const good = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, good.replace('.1.', '.0.'));
  writeFileSync(incr, command(1));
  let looks = 0;
  await copy(undefined, async () => {
    if (++looks === 2) writeFileSync(manifest, good);
    return true;
  });
  expect({ looks, copied: copied() }).toEqual({ looks: 2, copied: command(1) });
});

test('that ends so and never goes on is damaged', async () => {
  await expect(copy()).rejects.toThrow(/redis-check-aof: .*not valid/);
});
