/** What is written into an endpoint's file, and what never leaves one. */
import { expect, test } from 'vitest';
import { conceal } from '../../../domain/endpoints/conceal.ts';
import { endpointText } from '../../../domain/endpoints/endpoint-text.ts';
import { inventorySchema } from '../../../contracts/inventory.ts';

test.each([
  ['[databases]\n* = host={host} port={port}\n', '[databases]\n* = host=db-b port=5433\n'],
  ['{port}{host}{port} {Host} {other}', '5433db-b5433 {Host} {other}'],
])('%j becomes %j', (text, filled) => {
  expect(endpointText({ text }, { host: 'db-b', port: 5_433 })).toBe(filled);
});

test('a host is taken as it is, whatever it holds', () => {
  expect(endpointText({ text: '{host}:{port}' }, { host: '$& {port} $1', port: 1 })).toBe('$& {port} $1:1');
});

test.each([
  ['postgres://app:s3cret@db-a:5432/app', 'postgres://app:…@db-a:5432/app'],
  ['postgres://app:s3@cret/x@db-a/app', 'postgres://app:…@db-a/app'],
  ['* = host=a password=s3cret port=1', '* = host=a password=… port=1'],
  ["PGPASSWORD='two words' PGHOST=a", 'PGPASSWORD=… PGHOST=a'],
  ['{"api_key": "abc", "host": "a"}', '{"api_key": …, "host": "a"}'],
  ['Authorization: Bearer abcdefghij', 'Authorization: Bearer …'],
  ['"app" "SCRAM-SHA-256$4096:salt$key:key"', '"app" "SCRAM-SHA-256$…"'],
  ['"app" "md50123456789abcdef0123456789abcdef"', '"app" "md5…"'],
  ['-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END', '-----BEGIN EC PRIVATE KEY-----…-----END'],
])('%j is told as %j', (text, told) => {
  expect(conceal(text)).toBe(told);
});

test.each([
  '[databases]\n* = host={host} port={port}\n',
  'server primary {host}:{port} check',
  'PGHOST={host}\nPGPORT={port}\n',
  'FATAL: password authentication failed for user "app"',
  'see https://www.pgbouncer.org/config.html',
])('%j holds no secret', (text) => {
  expect(conceal(text)).toBe(text);
});

const good = { id: 'pgbouncer', kind: 'file', path: '/etc/pgbouncer/primary.ini', text: '* = host={host} port={port}' };
const declare = (kind: 'postgres' | 'redis', endpoints?: unknown) =>
  inventorySchema().safeParse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [
      {
        ...{ id: 'db', kind, nodes: [{ id: 'a', host: 'a' }], endpoints },
        ...(kind === 'postgres' && { roles: { control: { user: 'okiagari', password: { env: 'PG' } } } }),
      },
    ],
  });
const faults = (...endpoints: unknown[]): string[] =>
  declare('redis', endpoints).error?.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`) ?? [];

test.each(['postgres', 'redis'] as const)('a target of kind %s may declare endpoints, or none', (kind) => {
  expect(declare(kind).data?.targets[0]).toMatchObject({ endpoints: [] });
  const whole = { ...good, reload: ['systemctl', 'reload', 'pgbouncer'], via: { host: 'db.example.jp', port: 6_432 } };
  expect(declare(kind, [whole]).data?.targets[0]).toMatchObject({ endpoints: [whole] });
});

test('what would lead nobody anywhere is refused with the reason', () => {
  expect(faults(good)).toEqual([]);
  expect(faults({ ...good, text: 'host={host}' })).toEqual(['endpoints.0.text: the text contains {host} and {port}']);
  expect(faults({ ...good, text: '{host}{port} password=x' })).toEqual([
    'endpoints.0.text: a secret does not belong here: keep it in a file that includes this one',
  ]);
  expect(faults({ ...good, path: 'primary.ini' })).toEqual(['endpoints.0.path: an absolute path']);
  expect(faults(good, { ...good, path: '/etc/other' })).toEqual(['endpoints: two endpoints have the same id']);
  expect(faults(good, { ...good, id: 'other' })).toEqual(['endpoints: two endpoints write the same file']);
});

test('a Secret is asked of an API over https, and its texts hold no secret', () => {
  const secret = {
    ...{ id: 'pods', kind: 'kubernetes-secret', server: 'https://kubernetes.example.jp:6443', token: { file: '/run/token' } },
    ...{ namespace: 'shop', secret: 'db-primary', keys: { PGHOST: '{host}' }, restart: ['web'] },
  };
  expect(faults(secret)).toEqual([]);
  expect(faults({ ...secret, server: 'http://kubernetes.example.jp' })).toEqual([
    expect.stringMatching(/^endpoints\.0\.server: /),
  ]);
  expect(faults({ ...secret, secret: '../db' })).toEqual(['endpoints.0.secret: a name of Kubernetes']);
  expect(faults({ ...secret, keys: { PGHOST: 'db-a' } })).toEqual(['endpoints.0.keys: one of the texts contains {host}']);
  expect(faults({ ...secret, keys: { URL: 'postgres://app:canary@{host}/app' } })).toEqual([
    'endpoints.0.keys.URL: a secret does not belong here: keep it in a file that includes this one',
  ]);
  expect(faults({ ...secret, token: 'canary' }).join()).not.toContain('canary');
});
