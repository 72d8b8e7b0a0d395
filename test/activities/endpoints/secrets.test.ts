/** Secrets of Kubernetes as endpoints: changed as they were found, read by new pods, told without what stands in them. */
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repoint } from '../../../activities/endpoints/repoint.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { SecretEndpoint } from '../../../contracts/endpoint-settings.ts';
import { clusters, type Cluster } from '../../support/kubernetes/cluster.ts';
import { failureOf } from '../tool-store/world.ts';

const [a, b] = [
  { id: 'a', host: 'db-a', port: 5_432 },
  { id: 'b', host: 'db-b', port: 5_433 },
];

describe.each(clusters)('%s', (_, start) => {
  let cluster: Cluster;
  let ports: Ports;
  let endpoint: SecretEndpoint;
  beforeEach(async () => {
    cluster = await start();
    const inventory = () => expect.unreachable();
    ports = createPorts({ inventory, data: tmpdir(), secret: () => `${cluster.token}\n` });
    const keys = { host: '{host}', url: 'postgres://{host}:{port}/app' };
    endpoint = { ...cluster.at, kind: 'kubernetes-secret', keys, restart: [cluster.deployment] };
  });
  afterEach(() => cluster.stop());

  const refused = async (more: Partial<SecretEndpoint>): Promise<string> => {
    const { code, message } = await failureOf(repoint(ports, [{ ...endpoint, ...more }], b));
    expect(code).toBe('endpoint-refused');
    return message;
  };

  test('is led to the node, other keys stay, and pods that read it are replaced once', async () => {
    const before = await cluster.generation();
    expect(await repoint(ports, [endpoint], b)).toEqual([{ endpoint: 'pods', outcome: 'changed' }]);
    const led = { host: 'db-b', url: 'postgres://db-b:5433/app', password: 'canary' };
    expect([await cluster.texts(), await cluster.generation()]).toEqual([led, before + 1]);
    expect(await repoint(ports, [endpoint], b)).toEqual([{ endpoint: 'pods', outcome: 'already' }]);
    expect(await cluster.generation()).toBe(before + 1);
    await repoint(ports, [endpoint], a);
    expect([(await cluster.texts())['host'], await cluster.generation()]).toEqual(['db-a', before + 2]);
  });

  test('that was changed before the worker died has its pods replaced by the next one', async () => {
    const before = await cluster.generation();
    await repoint(ports, [{ ...endpoint, restart: [] }], b);
    expect(await repoint(ports, [endpoint], b)).toEqual([{ endpoint: 'pods', outcome: 'already' }]);
    expect(await cluster.generation()).toBe(before + 1);
  });

  test('that somebody edits at the same moment is left as they made it', async () => {
    const { kubernetes } = ports;
    const readSecret: typeof kubernetes.readSecret = async (...asked) => {
      const found = await kubernetes.readSecret(...asked);
      await cluster.edit({ host: 'db-c' });
      return found;
    };
    const { message } = await failureOf(repoint({ ...ports, kubernetes: { ...kubernetes, readSecret } }, [endpoint], b));
    expect(message).toBe(`pods: somebody changed the Secret ${endpoint.secret} at the same moment.`);
    expect((await cluster.texts())['host']).toBe('db-c');
  });

  test('that cannot be reached, or not be had, is refused with the words of the cluster, without the token', async () => {
    const says = `pods: the cluster at ${cluster.server} says:`;
    expect(await refused({ secret: 'nobody' })).toBe(`${says} secrets "nobody" not found (404).`);
    expect(await refused({ restart: ['nobody'] })).toBe(`${says} deployments.apps "nobody" not found (404).`);
    const strangers = createPorts({ inventory: () => expect.unreachable(), data: tmpdir(), secret: () => 'canary' });
    const { message } = await failureOf(repoint(strangers, [endpoint], b));
    expect(message).toBe(`${says} Unauthorized (401).`);
    const unnamed = createPorts({ inventory: () => expect.unreachable(), data: tmpdir(), secret: () => undefined });
    expect((await failureOf(repoint(unnamed, [endpoint], b))).message).toBe(`${says} $KUBERNETES is not there.`);
    expect(await refused({ tls: undefined })).toMatch(/certificate/);
  });
});
