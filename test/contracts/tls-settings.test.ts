/** What an inventory may say of TLS, and what it would only seem to say. */
import { expect, test } from 'vitest';
import { inventorySchema } from '../../contracts/inventory.ts';

const people = [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }];
const ca = { file: '/etc/okiagari/ca.crt' };
const roles = { control: { user: 'okiagari', password: { env: 'PG' } } };

/** Paths and messages of what is refused. */
function faults(node: object, tls: object | undefined): string[] {
  const targets = [{ id: 'db', kind: 'postgres', nodes: [{ id: 'a', ...node }], roles, tls }];
  const { error } = inventorySchema().safeParse({ version: 1, people, targets });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
}

test.each<[string, object, object]>([
  ['a name as host', { host: 'db-a.example.jp' }, { ca }],
  ['an address with a name', { host: '10.0.0.1', serverName: 'db-a.example.jp' }, { ca }],
  ['an address of IPv6', { host: 'fd00::1', serverName: 'db-a.example.jp' }, { ca }],
  ['our own certificate', { host: 'db-a' }, { ca, client: { certificate: { file: '/a.crt' }, key: { file: '/a.key' } } }],
])('%s', (_, node, tls) => {
  expect(faults(node, tls)).toEqual([]);
});

test.each<[string, object, object, string]>([
  ['two names', { host: 'db-a', serverName: 'db-b' }, { ca }, 'nodes.0.serverName: goes with an address as host'],
  ['no authority', { host: 'db-a' }, {}, 'tls.ca: '],
  ['a path from somewhere', { host: 'db-a' }, { ca: { file: 'ca.crt' } }, 'tls.ca.file: an absolute path'],
  ['a certificate without its key', { host: 'db-a' }, { ca, client: { certificate: ca } }, 'tls.client.key: '],
  ['a wish to check less', { host: 'db-a' }, { ca, sslmode: 'require' }, 'tls: Unrecognized key: "sslmode"'],
])('not %s', (_, node, tls, fault) => {
  expect(faults(node, tls)).toEqual([expect.stringContaining(fault)]);
});
