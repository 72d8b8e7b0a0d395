/** Tools that are put away or brought back, as crash cases: each file moved once, known by its inode, with an agent that notes what it is told. */
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { putAwayByHand } from '../../aside-store.ts';
import { notingAgent } from '../../noting-agent.ts';
import type { Fingerprint, Store, StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesCase } from './stores.ts';

interface SetAsideCase {
  readonly scenario: 'tool-timeouts' | 'tool-enable' | 'quarantine-release';
  readonly input: (store: Store) => unknown;
  /** Cancelled there, everything must be where it was. */
  readonly cancelAt?: string;
}

const moved = [0, 1, 2];
const folderOf = { 'tool-timeouts': 'disabled', 'tool-enable': 'disabled', 'quarantine-release': 'quarantine' } as const;
export const movedTools = ({ sample }: Store): string[] => moved.map((n) => sample.tools[n]!.name);

export const setAsideCase = ({ scenario, input, cancelAt }: SetAsideCase): CrashCase<StoreStack> =>
  storesCase(scenario, (stack) => wreck(stack, scenario, input, cancelAt === undefined), cancelAt);

async function wreck(
  stack: StoreStack,
  scenario: SetAsideCase['scenario'],
  input: SetAsideCase['input'],
  isDone: boolean,
): Promise<Wreck> {
  const agent = notingAgent(stack);
  const store = await stack.store({
    settings: ({ tools }) =>
      `${agent.settings()}\ncriticalTools: [{ name: ${tools[5]!.name} }]\napprovals: { enable: { always: true } }`,
  });
  const folder = folderOf[scenario];
  const inUse = (n: number): string => store.sample.tools[n]!.path;
  const away = (n: number): string => inUse(n).replace('.pi/tools/', `.pi/tools/${folder}/`);
  const isBack = scenario !== 'tool-timeouts';
  if (isBack) putAwayByHand(store, folder, ...moved);
  for (const n of isBack ? [] : moved) timeOut(store, n);
  const [from, to] = isBack ? [away, inUse] : [inUse, away];
  const before = store.fingerprint();
  const wanted = isDone ? after(before, from, to) : before;
  const inode = (path: string): number | undefined => statSync(join(store.root, path), { throwIfNoEntry: false })?.ino;
  const inodes = moved.map((n) => inode(from(n)));
  const atDeaths: string[] = [];

  return {
    target: store.id,
    input: input(store),
    /** Whenever somebody dies each tool is whole somewhere. */
    watch() {
      const now = new Set(Object.values(store.fingerprint()));
      for (const n of moved) if (!now.has(before[from(n)]!)) atDeaths.push(`${from(n)} was nowhere`);
    },
    faults() {
      const now = store.fingerprint();
      const differing = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].filter((path) => now[path] !== wanted[path]);
      const copied = moved.filter((n) => inode((isDone ? to : from)(n)) !== inodes[n]);
      const heard = isDone ? ['stop', 'start'] : ['stop', 'start', 'stop', 'start'];
      return [
        ...atDeaths,
        ...differing.map((path) => `${path} is ${now[path] ?? 'missing'}, not ${wanted[path] ?? 'missing'}`),
        ...copied.map((n) => `${to(n)} is not the file that was moved`),
        ...(isDeepStrictEqual(agent.heard(), heard) ? [] : [`the agent was told to ${agent.heard().join(', ')}`]),
      ];
    },
  };
}

function after(before: Fingerprint, from: (n: number) => string, to: (n: number) => string): Fingerprint {
  const files: Record<string, string> = { ...before };
  for (const n of moved) {
    files[to(n)] = before[from(n)]!;
    delete files[from(n)];
  }
  return files;
}

function timeOut({ log, sample }: Store, n: number): void {
  const { name } = sample.tools[n]!;
  const line = {
    timestamp: new Date().toISOString(),
    action: 'run_dynamic_tool',
    toolName: name,
    success: false,
    error: 'timed out',
  };
  appendFileSync(log, `${JSON.stringify(line)}\n`.repeat(3));
}
