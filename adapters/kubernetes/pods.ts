/** PostgreSQL servers that are pods: fenced by a template of their StatefulSet that fits no machine, whoever starts, scales or reboots what. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PodNode, PodSettings, ServerControl } from '../../activities/ports/node-control.ts';
import { knock } from '../machine/knock.ts';
import type { ReadSecret } from '../secrets.ts';
import { createStatefulSets, fencedBy, isHeeded, isHeld, mayRun, waitsFenced, type Found, type Pod } from './stateful-set.ts';

const lookEveryMs = 200;
/** So long the controller of the cluster has to see a template before a pod of the old one is ended: it could make another of that. */
const heedMs = 10_000;
/** Beyond the time that a pod takes to end: whoever has not ended by then is on a machine that nobody hears. */
const marginMs = 5_000;
/** As Kubernetes does where a pod does not say. */
const usualGraceSeconds = 30;
const startMs = 30_000;

export function createPods(secret: ReadSecret): ServerControl<PodNode> {
  const sets = createStatefulSets(secret);

  /** Ends pods that are of an older template, and waits until that is done; false where it takes too long. */
  async function untilDone(
    at: PodSettings,
    { isDone, isStale }: { isDone: (found: Found) => boolean; isStale: (pod: Pod) => boolean },
    signal?: AbortSignal,
  ): Promise<boolean> {
    const from = performance.now();
    for (let heededAt: number | undefined; ;) {
      const found = await sets.find(at, signal);
      if (isDone(found)) return true;
      const { set, pod } = found;
      const now = performance.now();
      if (isHeeded(set) || now > from + heedMs) heededAt ??= now;
      const graceMs = (pod?.spec.terminationGracePeriodSeconds ?? usualGraceSeconds) * 1_000;
      if (heededAt !== undefined && now > heededAt + graceMs + marginMs) return false;
      const isAsked = pod?.metadata.deletionTimestamp !== undefined;
      if (heededAt !== undefined && pod && isStale(pod) && !isAsked) await sets.endPod(at, pod, signal);
      await delay(lookEveryMs, undefined, { ...(signal && { signal }) });
    }
  }

  return {
    async state({ host, port, control }) {
      const [found, knocked] = await Promise.all([sets.find(control), knock(host, port)]);
      return {
        processes: mayRun(found.pod) ? 'running' : 'gone',
        // SQL tells what one is that runs.
        isStandby: !mayRun(found.pod) && isHeld(found),
        // The name or the address of a pod that is gone is nobody's: only what answers counts.
        isPortOpen: knocked === 'taken',
        fencedBy: fencedBy(found.set),
        isLogShut: true,
      };
    },

    async fence({ control }, recovery, signal) {
      await sets.setFence(control, recovery, true, signal);
      return untilDone(control, { isDone: isHeld, isStale: (pod) => !waitsFenced(pod) }, signal);
    },

    /** A pod that waits behind the fence would wait for ever: its controller replaces only what runs. */
    async unfence({ control }, recovery) {
      await sets.setFence(control, recovery, false);
      const isDone = ({ set, pod }: Found): boolean => fencedBy(set) !== null || !waitsFenced(pod);
      if (!(await untilDone(control, { isDone, isStale: waitsFenced }))) {
        throw new Error('its pod still waits behind the fence that was taken out');
      }
    },

    /** By its controller: it is only waited for. */
    async start({ control }, signal) {
      for (const until = performance.now() + startMs; ;) {
        const { pod } = await sets.find(control, signal);
        if (pod && isReady(pod)) return;
        if (performance.now() > until) {
          if (mayRun(pod) && pod.metadata.deletionTimestamp === undefined) return;
          throw new Error(`it is not started: ${whyNotStarted(pod)}`);
        }
        await delay(lookEveryMs, undefined, { ...(signal && { signal }) });
      }
    },
  };
}

const conditionOf = ({ status }: Pod, type: string) => status.conditions?.find((one) => one.type === type);

const isReady = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && conditionOf(pod, 'Ready')?.status === 'True';

function whyNotStarted(pod: Pod | undefined): string {
  if (pod === undefined) return 'its StatefulSet has made no pod';
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp !== undefined) return `its pod has yet to end on ${spec.nodeName ?? 'no machine'}`;
  return conditionOf(pod, 'PodScheduled')?.message ?? `its pod is ${status.phase}`;
}
