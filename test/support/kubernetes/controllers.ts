/** What a cluster makes of its objects, in small: StatefulSets of one pod, a scheduler that goes by labels, and machines that run pods. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kept, Objects } from './objects.ts';

/** What a machine does with a pod, by its name. */
export interface Containers {
  start(pod: string): Promise<void>;
  end(pod: string): Promise<void>;
}

interface Template {
  readonly metadata?: Partial<Kept['metadata']>;
  readonly spec: { readonly nodeSelector?: Readonly<Record<string, string>> };
}
interface SetSpec {
  readonly replicas: number;
  readonly template: Template;
}
interface PodStatus {
  readonly phase: string;
  readonly conditions?: readonly object[];
}
const specOf = (pod: Kept) => pod.spec as Template['spec'] & { readonly nodeName?: string };
const isEnding = (pod: Kept): boolean => pod.metadata.deletionTimestamp !== undefined;
const isPending = (pod: Kept): boolean => (pod.status as PodStatus).phase === 'Pending';
const isReady = (pod: Kept): boolean => !isPending(pod) && pod.metadata.annotations?.['sim/unready'] !== 'true';

/** A watch tells late what changed: until then a controller works by what it last heard. */
const heardAfterMs = 300;
const lookEveryMs = 10;

/** The label by which machines live, as kwok is told which of them to be. */
export const aliveLabel = 'sim/alive';

export function runControllers(objects: Objects, containers: Containers): () => Promise<void> {
  const heard = new Map<string, { readonly generation: number; readonly spec: SetSpec }>();
  const changedAt = new Map<string, { readonly generation: number; readonly at: number }>();
  const stopping = new AbortController();

  function hear(path: string, { metadata: { generation }, spec }: Kept): SetSpec | undefined {
    if (changedAt.get(path)?.generation !== generation) changedAt.set(path, { generation, at: performance.now() });
    if (performance.now() > changedAt.get(path)!.at + heardAfterMs) heard.set(path, { generation, spec: spec as SetSpec });
    return heard.get(path)?.spec;
  }

  function keepSet(path: string, set: Kept): void {
    const spec = hear(path, set);
    if (spec === undefined) return;
    const { template } = spec;
    const own = `${path.replace('/apis/apps/v1/', '/api/v1/').replace('/statefulsets/', '/pods/')}-0`;
    const pod = objects.get(own);
    const revision = JSON.stringify(template);
    if (pod === undefined && spec.replicas > 0) {
      const annotations = { ...template.metadata?.annotations, 'sim/revision': revision };
      objects.create(own, { metadata: { ...template.metadata, annotations }, spec: template.spec, status: { phase: 'Pending' } });
    }
    // One by one in order: what is not ready holds up the next revision.
    const isOld = pod !== undefined && isReady(pod) && pod.metadata.annotations?.['sim/revision'] !== revision;
    if (pod && (isOld || spec.replicas === 0)) endPod(objects, own, pod);
    const observedGeneration = heard.get(path)!.generation;
    const replicas = Math.max(spec.replicas, Number(pod !== undefined));
    objects.patch(path, { status: { observedGeneration, replicas } });
  }

  function schedule(path: string, pod: Kept): void {
    const wanted = Object.entries(specOf(pod).nodeSelector ?? {});
    const machines = objects.of('/nodes/').filter(([, { metadata }]) => isAlive(metadata));
    const fits = machines.find(([, { metadata }]) => wanted.every(([label, value]) => metadata.labels?.[label] === value));
    if (fits) return void objects.patch(path, { spec: { nodeName: fits[1].metadata.name } });
    const message = `0/${machines.length} nodes are available: ${machines.length} node(s) didn't match Pod's node affinity/selector.`;
    objects.patch(path, { status: { conditions: [{ type: 'PodScheduled', status: 'False', message }] } });
  }

  async function runPod(path: string, pod: Kept): Promise<void> {
    const machine = objects.get(`/api/v1/nodes/${specOf(pod).nodeName}`)!;
    if (!isAlive(machine.metadata)) return;
    if (isEnding(pod)) {
      await containers.end(pod.metadata.name);
      return objects.remove(path);
    }
    if (isPending(pod)) await containers.start(pod.metadata.name);
    const now = objects.get(path);
    if (now === undefined) return;
    const conditions = [{ type: 'Ready', status: isReady({ ...now, status: { phase: 'Running' } }) ? 'True' : 'False' }];
    objects.patch(path, { status: { phase: 'Running', conditions } });
  }

  async function turn(): Promise<void> {
    for (const [path, set] of objects.of('/statefulsets/')) keepSet(path, set);
    for (const [path] of objects.of('/pods/')) {
      const pod = objects.get(path);
      if (pod === undefined) continue;
      if (specOf(pod).nodeName === undefined) schedule(path, pod);
      else await runPod(path, pod);
    }
  }

  const going = (async () => {
    while (!stopping.signal.aborted) {
      await turn();
      await delay(lookEveryMs);
    }
  })();
  return async () => {
    stopping.abort();
    await going;
  };
}

const isAlive = ({ labels }: Kept['metadata']): boolean => labels?.[aliveLabel] === 'true';

/** A pod that no machine has is gone at once; another one when its machine says so. */
export function endPod(objects: Objects, path: string, pod: Kept): void {
  if (specOf(pod).nodeName === undefined) return objects.remove(path);
  if (!isEnding(pod)) objects.patch(path, { metadata: { deletionTimestamp: new Date().toISOString() } });
}
