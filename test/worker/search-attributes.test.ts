/** Search attributes that a server lacks are registered, or the command that registers them is said. */
import type { NativeConnection } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { searchAttributes } from '../../domain/search-attributes.ts';
import { ensureSearchAttributes } from '../../worker/search-attributes.ts';

const names = searchAttributes.map(({ name }) => name);

function server(known: readonly string[], refuse?: { code: number }) {
  const added: string[] = [];
  const said: string[] = [];
  const operatorService = {
    listSearchAttributes: async () => ({ customAttributes: Object.fromEntries([...known, ...added].map((name) => [name, 2])) }),
    addSearchAttributes: async (request: { searchAttributes: Record<string, number> }) => {
      if (refuse) throw Object.assign(new Error('not allowed'), refuse);
      added.push(...Object.keys(request.searchAttributes));
      expect(new Set(Object.values(request.searchAttributes))).toEqual(new Set([2]));
    },
  };
  const connection = { operatorService } as unknown as NativeConnection;
  const note = (message: string): void => void said.push(message);
  const logger = { log: note, trace: note, debug: note, info: note, warn: note, error: note };
  return { ensure: () => ensureSearchAttributes(connection, 'recoveries', logger), added, said };
}

test('nothing is done and nothing said where all are known', async () => {
  const { ensure, added, said } = server(names);
  await ensure();
  expect([added, said]).toEqual([[], []]);
});

test('only those that are missing are registered, as Keyword', async () => {
  const { ensure, added } = server(names.slice(2));
  await ensure();
  expect(added).toEqual(names.slice(0, 2));
});

test('where that is forbidden the exact command is said at once', async () => {
  const { ensure, said } = server(names.slice(2), { code: 7 });
  await ensure();
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(
    `temporal operator search-attribute create --namespace recoveries --name ${names[0]} --type Keyword --name ${names[1]} --type Keyword`,
  );
});
