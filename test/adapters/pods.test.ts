/** Servers that are pods of Kubernetes: fenced so that nothing in the cluster gives them a machine, and gone only when that is certain. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PodNode } from '../../activities/ports/node-control.ts';
import { createPods } from '../../adapters/kubernetes/pods.ts';
import { isHeld, type Found } from '../../adapters/kubernetes/stateful-set.ts';
import { clusters, type Cluster } from '../support/kubernetes/cluster.ts';
import { isReady, startServerSet, waits, type ServerSet } from '../support/kubernetes/server-set.ts';
import { freePort } from '../support/temporal-server.ts';

const recovery = 'db~0c7b6b1e-5a0d-4e0e-9d8f-1f3a5b7c9d11';
const slow = { timeout: 120_000 };

describe.each(clusters)('in %s', (_, start) => {
  let cluster: Cluster;
  let set: ServerSet;
  let node: PodNode;
  const pods = createPods(() => `${cluster.token}\n`);
  beforeEach(async () => {
    cluster = await start();
    set = await startServerSet(cluster);
    node = { id: 'a', host: '127.0.0.1', port: await freePort(), control: set.control };
  });
  afterEach(async () => {
    await set.remove();
    await cluster.stop();
  });

  const running = { processes: 'running', isStandby: false, isPortOpen: false, fencedBy: null, isLogShut: true };
  const fenced = { ...running, processes: 'gone', isStandby: true, fencedBy: recovery };

  test('one that is fenced is gone and stays so, whoever starts or scales it', slow, async () => {
    expect(await pods.state(node)).toEqual(running);
    expect([await pods.fence(node, recovery), await pods.state(node)]).toEqual([true, fenced]);
    expect(await pods.fence(node, recovery), 'twice').toBe(true);
    const { metadata } = await set.until(waits);
    await cluster.ask('DELETE', set.podPath, {});
    await set.until((pod) => waits(pod) && pod.metadata.uid !== metadata.uid);
    expect(await pods.state(node)).toEqual(fenced);
    await set.patch({ spec: { replicas: 0 } });
    await expect.poll(() => set.pod().catch((error: Error) => error.message)).toContain('not found');
    expect(await pods.state(node)).toEqual(fenced);
    await set.patch({ spec: { replicas: 1 } });
    await set.until(waits);
    expect(await pods.state(node)).toEqual(fenced);
  });

  test('one runs again once its own recovery has taken the fence out, and nobody else can', slow, async () => {
    await pods.fence(node, recovery);
    await set.until(waits);
    expect(await pods.fence(node, 'db~other')).toBe(true);
    await pods.unfence(node, 'db~other');
    expect(await pods.state(node)).toEqual(fenced);
    await pods.unfence(node, recovery);
    await pods.start(node);
    expect([isReady(await set.pod()), await pods.state(node)]).toEqual([true, running]);
    const { metadata } = await set.pod();
    await pods.unfence(node, recovery);
    await pods.start(node);
    expect((await set.pod()).metadata.uid, 'twice').toBe(metadata.uid);
  });

  test('one whose fence was taken out by a worker that died then, does not wait behind it for ever', slow, async () => {
    await pods.fence(node, recovery);
    await set.until(waits);
    await set.patch({ spec: { template: { spec: { nodeSelector: { 'okiagari.dev/fence': null } } } } });
    expect(await pods.state(node), 'its pod may be made anew').toEqual({ ...running, processes: 'gone' });
    await pods.unfence(node, recovery);
    await pods.start(node);
    expect(await pods.state(node)).toEqual(running);
  });

  test('one that is ill is ended too, though nothing in the cluster would replace it', slow, async () => {
    await cluster.ask('PATCH', set.podPath, { metadata: { annotations: { 'sim/unready': 'true' } } });
    await set.until((pod) => !isReady(pod));
    expect([await pods.fence(node, recovery), await pods.state(node)]).toEqual([true, fenced]);
  });

  test('one on a machine that nobody hears is not taken for one that is gone, until that machine says so', slow, async () => {
    const find = await set.loseMachine();
    try {
      expect(await pods.fence(node, recovery)).toBe(false);
      expect(await pods.state(node)).toEqual({ ...running, fencedBy: recovery });
      expect((await set.pod()).metadata.deletionTimestamp).toEqual(expect.any(String));
    } finally {
      await find();
    }
    await expect.poll(() => pods.state(node)).toEqual(fenced);
  });

  test('what else its template says stays there, with the fence and without it', slow, async () => {
    const nodeSelector = { 'sim/alive': 'true' };
    const before = await set.pod();
    await set.patch({ spec: { template: { metadata: { annotations: { note: 'by somebody' } }, spec: { nodeSelector } } } });
    await set.until((pod) => isReady(pod) && pod.metadata.uid !== before.metadata.uid);
    const template = await set.template();
    await pods.fence(node, recovery);
    expect(await set.template()).toMatchObject(template);
    await pods.unfence(node, recovery);
    expect(await set.template()).toEqual(template);
  });

  test('where something else takes connections at its address, that is seen', slow, async () => {
    const { hostname, port } = new URL(set.control.server);
    expect(await pods.state({ ...node, host: hostname, port: Number(port) })).toMatchObject({ isPortOpen: true });
    expect(await pods.state({ ...node, host: 'nobody.invalid' })).toMatchObject({ isPortOpen: false });
  });

  test.each([
    ['has a partition of 1: its pod would come back by an older template', rolling(1)],
    [
      'gives its pod no time to end: it would be forgotten while it may still run',
      { spec: { template: { spec: { terminationGracePeriodSeconds: 0 } } } },
    ],
    ['belongs to Postgres db, which would put its template back', ownedBy('Postgres')],
    ['has 2 replicas: each node wants a set of its own', { spec: { replicas: 2 } }],
  ])('a set that %s is not believed', slow, async (why, change) => {
    await set.patch(change);
    const says = `the StatefulSet default/${set.control.statefulSet} ${why}`;
    await expect(pods.state(node)).rejects.toThrow(says);
    await expect(pods.fence(node, recovery)).rejects.toThrow(says);
  });

  test('a cluster that refuses or is not there proves nothing, and says why without the token', slow, async () => {
    const says = `the cluster at ${set.control.server} says: `;
    const stranger = createPods(() => 'canary').state(node);
    await expect(stranger).rejects.toThrow(`${says}Unauthorized (401)`);
    await expect(createPods(() => undefined).state(node)).rejects.toThrow(`${says}$KUBERNETES is not there`);
    const nobody = { ...node, control: { ...node.control, statefulSet: 'nobody' } };
    await expect(pods.state(nobody)).rejects.toThrow(`${says}statefulsets.apps "nobody" not found (404)`);
    const away = { ...node, control: { ...node.control, server: `https://localhost:${await freePort()}` } };
    await expect(pods.state(away)).rejects.toThrow(/says: no answer \(ECONNREFUSED\)$/);
  });
});

describe('a fence holds', () => {
  const nodeSelector = { 'okiagari.dev/fence': 'no-machine' };
  const set = (spec: object, observedGeneration: number): Found['set'] => ({
    metadata: { generation: 2 },
    spec: { replicas: 1, template: { spec } },
    status: { replicas: 1, observedGeneration },
  });
  const pod = (spec: object, phase: string): Found['pod'] => ({ metadata: { name: 'db-0', uid: '1' }, spec, status: { phase } });

  test.each<[string, boolean, Found]>([
    ['where its controller has heard of it and there is no pod', true, { set: set({ nodeSelector }, 2), pod: undefined }],
    ['not before: it may make one of the old template', false, { set: set({ nodeSelector }, 1), pod: undefined }],
    ['where the pod waits for its machine', true, { set: set({ nodeSelector }, 2), pod: pod({ nodeSelector }, 'Pending') }],
    ['not where one of the old template waits', false, { set: set({ nodeSelector }, 2), pod: pod({}, 'Pending') }],
    ['where the pod has ended', true, { set: set({ nodeSelector }, 2), pod: pod({ nodeName: 'm' }, 'Failed') }],
    ['not where a machine has it', false, { set: set({ nodeSelector }, 2), pod: pod({ nodeName: 'm' }, 'Running') }],
    [
      'not where somebody gave a machine its label',
      false,
      { set: set({ nodeSelector }, 2), pod: pod({ nodeSelector, nodeName: 'm' }, 'Pending') },
    ],
    ['not where the template has lost it', false, { set: set({}, 2), pod: pod({ nodeSelector }, 'Pending') }],
  ])('%s', (_, is, found) => expect(isHeld(found)).toBe(is));
});

function rolling(partition: number): object {
  return { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } } };
}

function ownedBy(kind: string): object {
  const owner = { apiVersion: 'example.com/v1', kind, name: 'db', uid: 'a-uid', controller: true };
  return { metadata: { ownerReferences: [owner] } };
}
