/** A node, or several of which one takes over: what the doors take, and by which field they refuse. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldErrors } from '../../api/validation.ts';
import { postgresFailoverInput } from '../../contracts/inputs/postgres-failover.ts';
import { redisFailoverInput } from '../../contracts/inputs/redis-failover.ts';
import { serviceSettings } from '../../contracts/service-settings.ts';

const refused = (schema: z.ZodType, input: unknown): string[] => {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : fieldErrors(parsed.error.issues, 'input').map(({ path, message }) => `${path}: ${message}`);
};

const slugText = 'lower-case letters, digits and hyphens, at most 63';
const table: [unknown, string[]][] = [
  ['a', []],
  [['a'], []],
  [['a', 'b'], []],
  [[], [': one at least']],
  [['a', 'b', 'a'], [': each is named once']],
  [['a', 'B'], [`.1: ${slugText}`]],
  ['B', [`: ${slugText}`]],
  [7, [': a name, or a list of names']],
  [['a', 7], [': a name, or a list of names']],
];

test.each(table)('%j', (promote, faults) => {
  for (const schema of [postgresFailoverInput, redisFailoverInput]) {
    expect(refused(schema, { promote })).toEqual(faults.map((fault) => `input.promote${fault}`));
  }
  const members = [{ target: 'db', tier: 1, leads: { home: 'a', dr: promote } }];
  const { members: schema } = serviceSettings;
  expect(refused(z.object({ members: schema }), { members })).toEqual(faults.map((fault) => `input.members.0.leads.dr${fault}`));
});

test('what was taken is kept as it was given', () => {
  for (const promote of ['a', ['a'], ['b', 'a']]) {
    expect(postgresFailoverInput.parse({ promote })).toEqual({ mode: 'failover', bringBack: 'must', promote });
  }
});
