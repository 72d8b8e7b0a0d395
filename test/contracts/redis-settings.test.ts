/** What the inventory may say of the control of a Redis node. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { redisSettings } from '../../contracts/redis-settings.ts';

const settings = z.strictObject(redisSettings);
const faults = (control: object): string[] => {
  const { error } = settings.safeParse({
    nodes: [{ id: 'a', host: 'a', control: { kind: 'local', data: '/data', ...control } }],
  });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('a server that is started names its configuration: without it, it would come up as a master', () => {
  expect(faults({ start: ['start'] })).toEqual([
    'nodes.0.control.config: has to be named where the server is started: without it the server would come up as a master',
  ]);
  expect([faults({ start: ['start'], config: '/redis.conf' }), faults({})]).toEqual([[], []]);
});

test('a service that is stopped is started too: another way it would not be one any more', () => {
  const config = '/redis.conf';
  expect(faults({ config, stop: ['stop'] })).toEqual([
    'nodes.0.control.start: has to be named beside stop: another way the server would belong to no service',
  ]);
  expect(faults({ config, start: ['start'], stop: ['stop'] })).toEqual([]);
});

test('the command that reaches a machine is named where there is one, and only there', () => {
  const run = ['ssh', 'okiagari@cache-a', 'okiagari', 'node'];
  const refused = ['nodes.0.control.run: names the command where kind is command, and only there'];
  expect([faults({ kind: 'command' }), faults({ run })]).toEqual([refused, refused]);
  expect(faults({ kind: 'command', run })).toEqual([]);
});
