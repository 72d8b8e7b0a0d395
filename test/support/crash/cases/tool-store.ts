/** Tool stores as crash cases: tools missing and truncated, an agent that notes what it is told. */
import { rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { notingAgent } from '../../noting-agent.ts';
import { hookSecret, startStoreStack, type RunWorker, type Store, type StoreStack } from '../../store-stack.ts';
import type { TemporalServer } from '../../temporal-server.ts';
import { isGenuine, startWebhookReceiver, type ReceivedPost } from '../../webhook-receiver.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { productPlace } from '../places.ts';

interface ToolStoreCase {
  readonly scenario: string;
  /** What is asked for so that the store is whole again. */
  readonly input: (store: Store) => unknown;
  /** Cancelled there, the store must be as damaged as it was. */
  readonly cancelAt?: string;
}

const missing = [0, 1, 2];
const truncated = [3, 4, 5];
/** Names of the tools that a wreck has lost. */
export const lostTools = ({ sample }: Store): string[] => [...missing, ...truncated].map((n) => sample.tools[n]!.name);
/** Taken back after it was started again, it must not run while the files go. */
const agentHears = { recovered: ['stop', 'start'], 'rolled-back': ['stop', 'start', 'stop', 'start'] };

export const toolStoreCase = ({ scenario, input, cancelAt }: ToolStoreCase): CrashCase<NotedStack> => ({
  ...{ scenario, place, cancelAt },
  thorough: scenario === 'tool-store-loss',
  wreck: (stack) => wreck(stack, input, cancelAt === undefined),
});

interface NotedStack extends StoreStack {
  /** What people were told. */
  readonly posts: readonly ReceivedPost[];
}

async function startNotedStack(server: TemporalServer, runWorker: RunWorker): Promise<NotedStack> {
  const hook = await startWebhookReceiver();
  const stack = await startStoreStack(server, runWorker, { webhook: hook.url });
  return {
    ...stack,
    posts: hook.posts,
    async stop() {
      await stack.stop();
      await hook.stop();
    },
  };
}

const place = productPlace(startNotedStack, (stack) => stack.store());

async function wreck(stack: NotedStack, input: ToolStoreCase['input'], isMended: boolean): Promise<Wreck> {
  const agent = notingAgent(stack);
  const store = await stack.store({
    settings: ({ tools }) => [agent.settings(), `criticalTools: [{ name: ${tools[0]!.name} }]`].join('\n'),
  });
  await store.verifiedBackup();
  const whole = store.fingerprint();
  for (const n of missing) rmSync(store.tool(n));
  for (const n of truncated) truncateSync(store.tool(n), 25);
  const wanted = isMended ? whole : store.fingerprint();
  const inodes = new Map<string, number>();
  const inode = (path: string): number | undefined => statSync(join(store.root, path), { throwIfNoEntry: false })?.ino;

  return {
    target: store.id,
    input: input(store),
    /** Files that are whole at a death: brought again, they would have another inode at the end. */
    watch() {
      if (!isMended) return;
      const now = store.fingerprint();
      for (const path of Object.keys(whole)) {
        const ino = inode(path);
        if (ino !== undefined && now[path] === whole[path] && !inodes.has(path)) inodes.set(path, ino);
      }
    },
    faults() {
      const now = store.fingerprint();
      const differing = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].filter((path) => now[path] !== wanted[path]);
      const rewritten = [...inodes].filter(([path, ino]) => inode(path) !== ino).map(([path]) => path);
      const words = agent.heard();
      return [
        ...differing.map((path) => `${path} is ${now[path] ?? 'missing'}, not ${wanted[path] ?? 'missing'}`),
        ...rewritten.map((path) => `${path} was brought twice`),
        ...(isDeepStrictEqual(words, agentHears[isMended ? 'recovered' : 'rolled-back'])
          ? []
          : [`the agent was told to ${words.join(', ')}`]),
        ...newsFaults(stack.posts.filter(({ body }) => newsOf(body).target === store.id)),
      ];
    },
  };
}

const newsOf = (body: string) =>
  JSON.parse(body) as { readonly event: string; readonly occasion: string; readonly target: string };

/** A worker that dies between sending and remembering sends again: then it is the same news under the same id, and nobody is asked anew. */
function newsFaults(posts: readonly ReceivedPost[]): string[] {
  const events = new Map<string, string>();
  const faults = posts.flatMap((post) => {
    const { event } = newsOf(post.body);
    const said = events.get(event) ?? post.body;
    events.set(event, said);
    return [
      ...(said === post.body ? [] : [`${event} says two things`]),
      ...(isGenuine(post, hookSecret) ? [] : [`${event} is not signed`]),
    ];
  });
  const occasions = [...events.values()].map((body) => newsOf(body).occasion).toSorted();
  // The end is told last: it may be on its way still.
  const isRight = ['gate', 'end,gate'].includes(occasions.join());
  return isRight ? faults : [...faults, `people were told of ${occasions.join(', ')}`];
}
