/** A server as the one pod of a StatefulSet of a test cluster, and what befalls it there. */
import { randomBytes } from 'node:crypto';
import type { PodSettings } from '../../../activities/ports/node-control.ts';
import { eventually } from '../eventually.ts';
import { namespace, type Cluster } from './cluster.ts';
import { aliveLabel } from './controllers.ts';

interface Seen {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Heeded {
  readonly metadata: { readonly generation: number };
  readonly status: { readonly observedGeneration?: number };
}

export interface ServerSet {
  readonly control: PodSettings;
  readonly path: string;
  readonly podPath: string;
  patch(change: object): Promise<void>;
  /** As it stands there. */
  template(): Promise<object>;
  pod(): Promise<Seen>;
  /** Until there is a pod of which that is so. */
  until(is: (pod: Seen) => boolean): Promise<Seen>;
  /** Of the pod of this moment; answers what brings it back. */
  loseMachine(): Promise<() => Promise<void>>;
  /** As docs/postgres.md tells a person, who takes a moment between the two. */
  takeFenceOut(): Promise<void>;
  remove(): Promise<void>;
}

export const isReady = ({ metadata, status }: Seen): boolean =>
  metadata.deletionTimestamp === undefined && status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
/** No machine has it, and it waits for one. */
export const waits = ({ spec, status }: Seen): boolean => spec.nodeName === undefined && status.phase === 'Pending';

/** Resolves when it is ready. */
export async function startServerSet({ ask, at }: Cluster): Promise<ServerSet> {
  const name = `db-${randomBytes(4).toString('hex')}`;
  const sets = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
  const path = `${sets}/${name}`;
  const podPath = `/api/v1/namespaces/${namespace}/pods/${name}-0`;
  const labels = { app: name };
  const spec = { containers: [{ name, image: 'db' }], terminationGracePeriodSeconds: 1 };
  const template = { metadata: { labels }, spec };
  await ask('POST', sets, {
    metadata: { name },
    spec: { replicas: 1, serviceName: name, selector: { matchLabels: labels }, template },
  });
  const { server, tls, token } = at;
  const set: ServerSet = {
    ...{ path, podPath },
    control: { kind: 'kubernetes', server, tls, token, namespace, statefulSet: name },
    patch: async (change) => void (await ask('PATCH', path, change)),
    template: async () => (await ask<{ spec: { template: object } }>('GET', path)).spec.template,
    pod: () => ask<Seen>('GET', podPath),
    async until(is) {
      let found: Seen | undefined;
      await eventually(async () => {
        found = await set.pod().catch(() => undefined);
        return found !== undefined && is(found);
      }).toBe(true);
      return found!;
    },
    async loseMachine() {
      const machine = `/api/v1/nodes/${(await set.pod()).spec.nodeName}`;
      await ask('PATCH', machine, { metadata: { labels: { [aliveLabel]: null } } });
      return async () => void (await ask('PATCH', machine, { metadata: { labels: { [aliveLabel]: 'true' } } }));
    },
    async takeFenceOut() {
      await set.patch({ spec: { template: { spec: { nodeSelector: { 'okiagari.dev/fence': null } } } } });
      await eventually(async () => {
        const { metadata, status } = await ask<Heeded>('GET', path);
        return status.observedGeneration === metadata.generation;
      }).toBe(true);
      await ask('DELETE', podPath, {});
    },
    remove: async () => void (await ask('DELETE', path, {})),
  };
  await set.until(isReady);
  return set;
}
