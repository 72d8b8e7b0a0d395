/** A zone file is replaced as a whole, with its owner, mode and bytes, by one at a time, and never where it is something else. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOwnText, replaceOwnText, whileLocked } from '../../adapters/dns/zone-text.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-zone-'));
  path = join(folder, 'zone');
  writeFileSync(path, Buffer.from([0xe9, 0x0a, 0xff, 0x0a]));
  chmodSync(path, 0o640);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
/** No process has so high a number. */
const ofNobody = `${hostname()} 999999999 x\n`;

test('bytes that are no text of ours stay, and so does the mode; nothing else is left in the folder', async () => {
  const text = await readOwnText(path);
  await replaceOwnText(path, text, `${text}x\n`);
  expect([...readFileSync(path)]).toEqual([0xe9, 0x0a, 0xff, 0x0a, 0x78, 0x0a]);
  expect([statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([0o640, ['zone']]);
});

test('what somebody wrote meanwhile is not overwritten', async () => {
  const text = await readOwnText(path);
  writeFileSync(path, 'theirs\n');
  await expect(replaceOwnText(path, text, 'ours\n')).rejects.toThrow('was changed by somebody at the same moment');
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['theirs\n', ['zone']]);
});

test('a link, a missing file and a zone with a journal are refused', async () => {
  const link = join(folder, 'link');
  symlinkSync(path, link);
  await expect(readOwnText(link)).rejects.toMatchObject({
    type: 'zone-file-refused',
    message: expect.stringContaining('no regular file') as string,
  });
  await expect(readOwnText(join(folder, 'none'))).rejects.toThrow('cannot be used (ENOENT)');
  writeFileSync(`${path}.jnl`, '');
  await expect(readOwnText(path)).rejects.toThrow('declare the provider rfc2136');
});

test('one works at a time, and whoever waits is next', async () => {
  const order: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = whileLocked(path, async () => {
    order.push('first begins');
    await held;
    order.push('first ends');
  });
  const second = whileLocked(path, () => Promise.resolve(order.push('second')));
  release();
  await Promise.all([first, second]);
  expect([order.indexOf('first ends') - order.indexOf('first begins'), existsSync(`${path}.okiagari-lock`)]).toEqual([1, false]);
});

test('the lock of one that is gone is taken over, and one of somebody alive is not', async () => {
  const lock = `${path}.okiagari-lock`;
  writeFileSync(lock, ofNobody);
  expect(await whileLocked(path, () => Promise.resolve('mine'))).toBe('mine');
  writeFileSync(lock, `${hostname()} ${process.pid} x\n`);
  await expect(whileLocked(path, () => Promise.resolve('mine'), 50)).rejects.toThrow(`is held by ${lock}`);
});
