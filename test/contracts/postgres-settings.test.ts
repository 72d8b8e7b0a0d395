/** What the inventory may say of nodes and their services, of a cluster that Patroni runs, and which scenarios leave such a one alone. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { TargetEntry } from '../../contracts/inventory.ts';
import { postgresSettings } from '../../contracts/postgres-settings.ts';
import { scenarios } from '../../contracts/scenarios.ts';

const settings = z.strictObject(postgresSettings);
const patroni = { url: 'http://db-a.example.jp:8008' };
const control = { kind: 'local', data: '/data', bin: '/bin' };
const roles = { control: { user: 'okiagari', password: { env: 'PG' } } };
const faults = (...nodes: object[]): string[] => {
  const { error } = settings.safeParse({ roles, nodes: nodes.map((node, n) => ({ id: `n${n}`, host: 'h', ...node })) });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('two managers of one cluster are a split brain: what Patroni runs we do not fence', () => {
  expect(faults({ patroni }, { patroni })).toEqual([]);
  expect(faults({ control }, { control })).toEqual([]);
  expect(faults({ patroni }, { patroni, control })).toEqual([
    'nodes.1.control: Patroni runs this node: whoever fences or promotes it besides makes two primaries; leave control out',
  ]);
  expect(faults({ patroni }, {})).toEqual(['nodes: Patroni runs every node of a cluster or none: name its REST API at each']);
});

test('a service that is stopped is started too: pg_ctl would start a server that belongs to no service', () => {
  const stopped = { ...control, stop: ['stop'] };
  expect(faults({ control: stopped })).toEqual([
    'nodes.0.control.start: has to be named beside stop: another way the server would belong to no service',
  ]);
  expect(faults({ control: { ...stopped, start: ['start'] } })).toEqual([]);
});

test('a login stands under roles, never in an address', () => {
  expect(faults({ patroni: { url: 'http://admin:secret@db-a:8008' } })).toEqual([
    'nodes.0.patroni.url: an address without user and password',
  ]);
  expect(
    settings.safeParse({ nodes: [{ id: 'a', host: 'h', patroni }], roles: { ...roles, patroni: roles.control } }).success,
  ).toBe(true);
});

test('an authority is named where it is asked for: nothing is sent in the clear', () => {
  const tls = { ca: { file: '/etc/ca.crt' }, client: { certificate: { file: '/etc/own.crt' }, key: { file: '/etc/own.key' } } };
  expect(faults({ patroni: { url: 'https://10.0.0.1:8008', tls, serverName: 'db-a.example.jp' } })).toEqual([]);
  expect(faults({ patroni: { ...patroni, tls } })).toEqual([
    'nodes.0.patroni.url: begins with https:// where `tls` is said: nothing is sent in the clear',
  ]);
  expect(faults({ patroni: { ...patroni, serverName: 'db-a.example.jp' } })).toEqual([
    'nodes.0.patroni.serverName: goes with `tls`; without it the name in `url` is the one that is checked',
  ]);
});

test('what would replace a database under Patroni is refused at the door, a failover is not', () => {
  const refusing = (nodes: object[]): string[] =>
    scenarios
      .filter(({ kinds }) => kinds.includes('postgres'))
      .filter(({ refuseTarget }) => (refuseTarget?.({ nodes } as unknown as TargetEntry, []) ?? []).length > 0)
      .map(({ id }) => id);
  expect(refusing([{ id: 'a', patroni }])).toEqual(['postgres-pitr', 'data-corruption']);
  expect(refusing([{ id: 'a', control }])).toEqual([]);
});

test('how a node is reached: here, by a command, or as a pod of Kubernetes, each with what belongs to it', () => {
  const run = ['ssh', 'okiagari@db-a', 'okiagari', 'node'];
  const pod = {
    kind: 'kubernetes',
    server: 'https://10.0.0.1:6443',
    token: { env: 'K8S' },
    namespace: 'shop',
    statefulSet: 'db-a',
  };
  expect(faults({ control }, { control: { ...control, kind: 'command', run } }, { control: pod })).toEqual([]);
  expect(faults({ control: { ...control, run } }, { control: { ...control, kind: 'command' } })).toEqual([
    'nodes.0.control.run: names the command where kind is command, and only there',
    'nodes.1.control.run: names the command where kind is command, and only there',
  ]);
  expect(faults({ control: { ...pod, data: '/data' } }, { control: { ...control, statefulSet: 'db-a' } })).toEqual([
    'nodes.0.control: Unrecognized key: "data"',
    'nodes.1.control: Unrecognized key: "statefulSet"',
  ]);
  expect(faults({ control: { ...pod, server: 'http://10.0.0.1', token: 'secret', statefulSet: 'Db_A' } })).toEqual([
    'nodes.0.control.server: an address that begins with https://',
    'nodes.0.control.token: name the secret as { env: NAME } or { file: PATH }; a literal secret is refused',
    'nodes.0.control.statefulSet: a name of Kubernetes',
  ]);
  expect(faults({ control: { kind: 'pods' } })).toEqual([
    expect.stringMatching(/^nodes\.0\.control\.kind: .*local.*command.*kubernetes/),
  ]);
  expect(faults({ control: pod }, { control: pod })).toEqual(['nodes: two nodes are the pod of one StatefulSet']);
  expect(faults({ patroni, control: pod })).toEqual([
    'nodes.0.control: Patroni runs this node: whoever fences or promotes it besides makes two primaries; leave control out',
  ]);
});
