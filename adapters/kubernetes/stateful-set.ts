/** A StatefulSet of one pod by the API of its cluster, and the fence in its template: a selector that no machine has. */
import type { PodSettings } from '../../activities/ports/node-control.ts';
import type { ReadSecret } from '../secrets.ts';
import { createAskCluster, merge } from './ask-cluster.ts';

/** In the template a label that its machine has to have; beside it an annotation names the recovery, which is too long for a label. */
const label = 'okiagari.dev/fence';
const annotation = 'okiagari.dev/fenced-by';
const noMachineHasIt = 'no-machine';

interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly terminationGracePeriodSeconds?: number;
}

export interface StatefulSet {
  readonly metadata: {
    readonly generation: number;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
  };
  readonly spec: {
    readonly replicas: number;
    readonly ordinals?: { readonly start?: number };
    readonly updateStrategy?: { readonly rollingUpdate?: { readonly partition?: number } };
    readonly template: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
  readonly status: { readonly replicas: number; readonly observedGeneration?: number };
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: PodSpec & { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

export interface Found {
  readonly set: StatefulSet;
  /** Of its one replica; undefined where there is none at this moment. */
  readonly pod: Pod | undefined;
}

/** Every method throws in the words of the cluster, and where the set is none that a fence would hold. */
export interface StatefulSets {
  find(at: PodSettings, signal?: AbortSignal): Promise<Found>;
  /** The fence of this recovery goes in unless one stands, or goes out; all else in the template stays. May run twice. */
  setFence(at: PodSettings, recovery: string, isWanted: boolean, signal?: AbortSignal): Promise<void>;
  /** Asks for its end, with the time that it takes for that; never by force. One that has gone since is left alone. */
  endPod(at: PodSettings, pod: Pod, signal?: AbortSignal): Promise<void>;
}

export function createStatefulSets(secret: ReadSecret): StatefulSets {
  const askCluster = createAskCluster(secret);
  const ask: typeof askCluster = (at, path, request, expected) =>
    askCluster(at, path, request, expected).catch((error: unknown) => {
      request.signal?.throwIfAborted();
      throw new Error(`the cluster at ${at.server} says: ${(error as Error).message}`);
    });

  async function read(at: PodSettings, signal?: AbortSignal): Promise<StatefulSet> {
    const set = JSON.parse((await ask(at, setAt(at), { signal })).text) as StatefulSet;
    const why = whyNot(set);
    if (why !== undefined) throw new Error(`the StatefulSet ${at.namespace}/${at.statefulSet} ${why}`);
    return set;
  }

  return {
    async find(at, signal) {
      const set = await read(at, signal);
      const answer = await ask(at, podAt(at, `${at.statefulSet}-${set.spec.ordinals?.start ?? 0}`), { signal }, [404]);
      return { set, pod: answer.status === 404 ? undefined : (JSON.parse(answer.text) as Pod) };
    },

    async setFence(at, recovery, isWanted, signal) {
      const by = fencedBy(await read(at, signal));
      if (isWanted ? by !== null : by !== recovery) return;
      const template = isWanted ? fenceOf(recovery) : noFence;
      await ask(at, setAt(at), { signal, ...merge({ spec: { template } }) });
    },

    async endPod(at, { metadata: { name, uid } }, signal) {
      const body = { preconditions: { uid } };
      const headers = { 'content-type': 'application/json' };
      await ask(at, podAt(at, name), { signal, method: 'DELETE', body, headers }, [404, 409]);
    },
  };
}

const setAt = ({ namespace, statefulSet }: PodSettings): string =>
  `/apis/apps/v1/namespaces/${namespace}/statefulsets/${statefulSet}`;
const podAt = ({ namespace }: PodSettings, name: string): string => `/api/v1/namespaces/${namespace}/pods/${name}`;

const fenceOf = (recovery: string) => ({
  metadata: { annotations: { [annotation]: recovery } },
  spec: { nodeSelector: { [label]: noMachineHasIt } },
});
const noFence = { metadata: { annotations: { [annotation]: null } }, spec: { nodeSelector: { [label]: null } } };

/** What would make a fence in its template hold nothing. */
function whyNot({ metadata, spec, status }: StatefulSet): string | undefined {
  const replicas = Math.max(spec.replicas, status.replicas);
  if (replicas > 1) return `has ${replicas} replicas: each node wants a set of its own`;
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0) return `has a partition of ${partition}: its pod would come back by an older template`;
  if (spec.template.spec.terminationGracePeriodSeconds === 0) {
    return 'gives its pod no time to end: it would be forgotten while it may still run';
  }
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  return owner && `belongs to ${owner.kind} ${owner.name}, which would put its template back`;
}

const isFenced = ({ nodeSelector }: PodSpec): boolean => nodeSelector?.[label] === noMachineHasIt;

/** The recovery in its template; null where no fence is. */
export const fencedBy = ({ spec: { template } }: StatefulSet): string | null =>
  isFenced(template.spec) ? (template.metadata?.annotations?.[annotation] ?? 'nobody who is known') : null;

/** The controller has seen the template as it is: what it makes from now on is of that one. */
export const isHeeded = ({ metadata, status }: StatefulSet): boolean => (status.observedGeneration ?? 0) >= metadata.generation;

const hasEnded = ({ status: { phase } }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** A machine has it, and has not said that it ended: also one that nobody hears any more. */
export const mayRun = (pod: Pod | undefined): pod is Pod => pod?.spec.nodeName !== undefined && !hasEnded(pod);

/** Waits for a machine that has the label of the fence. */
export const waitsFenced = (pod: Pod | undefined): pod is Pod =>
  pod !== undefined && isFenced(pod.spec) && pod.spec.nodeName === undefined;

/** Neither this pod nor one that is made in its place gets a machine. */
export const isHeld = ({ set, pod }: Found): boolean =>
  fencedBy(set) !== null && isHeeded(set) && (pod === undefined || waitsFenced(pod) || hasEnded(pod));
