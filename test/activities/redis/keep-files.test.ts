/** Where the copy of an old master's files lies, and what is said where it cannot be made. */
import { expect, test } from 'vitest';
import { keepFiles, keptAt } from '../../../activities/redis/failover/keep-files.ts';
import { isControlled } from '../../../activities/redis/failover/look-around.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import type { RedisNode } from '../../../activities/ports/redis.ts';

const nodeOf = (control: object) => {
  const declared = { bin: '/usr/bin', data: '/var/lib/redis/', ...control } as NonNullable<RedisNode['control']>;
  const node: RedisNode = { id: 'a', host: 'cache-a', port: 6_379, control: declared };
  if (!isControlled(node)) throw new Error('it has control');
  return node;
};
const elsewhere = nodeOf({ kind: 'command', run: ['ssh'] });
const ports = (error?: Error): Ports => {
  const redisControl = { keepFiles: () => (error === undefined ? Promise.resolve() : Promise.reject(error)) };
  return { data: '/srv/okiagari', redisControl } as unknown as Ports;
};
const at = keptAt(ports(), elsewhere, 'cache', 'cache~1');

test('it lies in our data folder, or on another machine beside the data of the server', () => {
  expect(at).toEqual({
    place: { root: '/var/lib/redis.okiagari-kept', path: 'cache~1/a' },
    root: 'cache-a:/var/lib/redis.okiagari-kept',
    said: 'cache-a:/var/lib/redis.okiagari-kept/cache~1/a',
  });
  expect(keptAt(ports(), nodeOf({ kind: 'local' }), 'cache', 'cache~1')).toEqual({
    place: { root: '/srv/okiagari', path: 'protected/cache/cache~1/a' },
    root: '/srv/okiagari',
    said: 'protected/cache/cache~1/a',
  });
  expect(() => keptAt(ports(), elsewhere, 'cache', '../1')).toThrow();
});

test.each([
  ['EACCES', 'target-read-only', 'cache-a:/var/lib/redis.okiagari-kept cannot be written: permission is denied.'],
  ['ENOSPC', 'disk-full', 'No room at cache-a:/var/lib/redis.okiagari-kept'],
  [undefined, 'not-kept', 'a: ssh gave no answer'],
])('refused with %s it is %s, and names the machine', async (code, type, said) => {
  const error = Object.assign(new Error('ssh gave no answer'), { code });
  await expect(keepFiles(ports(error), elsewhere, at)).rejects.toMatchObject({
    type,
    message: expect.stringContaining(said) as string,
  });
  await expect(keepFiles(ports(), elsewhere, at)).resolves.toBeUndefined();
});
