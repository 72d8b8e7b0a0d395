/** What all tests tell in which a node dies at each step of a recovery: it ends recovered, or waits with a sentence until the node is back. */
import { expect } from 'vitest';
import { hasEnded, type RecoveryState } from '../../domain/recovery.ts';
import type { Moments } from './moments.ts';
import type { StoreStack } from './store-stack.ts';

/** Who dies when: before an activity, perhaps one that is about that node, or around a call to a port. */
export interface Death<Role extends string> {
  readonly at: string;
  readonly dies: Role;
}

export interface Scene {
  readonly target: string;
  /** Of nodes whose calls are listened to. */
  readonly ports?: readonly number[];
  /** As the round calls a node that an activity is about; its own name when left out. */
  readonly roleOf?: (node: string) => string;
  recover(): Promise<string>;
  kill(): void | Promise<void>;
  startAgain(): Promise<void>;
}

export interface Outlived {
  readonly state: RecoveryState;
  /** For the message of what is expected. */
  readonly what: string;
  /** One line, and one for each step that failed meanwhile. */
  readonly tell: (more?: string) => string;
}

type Stack = Pick<StoreStack, 'state' | 'result' | 'decide'>;

/** The node dies once, and is started again before what failed is retried. Fails where nobody died, or it did not end recovered. */
export async function outlive<Role extends string>(
  stack: Stack,
  moments: Moments,
  { at, dies }: Death<Role>,
  { target, ports = [], roleOf = (node) => node, ...scene }: Scene,
): Promise<Outlived> {
  const began = performance.now();
  const what = `${dies} dies at ${at}`;
  let killing: Promise<void> | undefined;
  moments.listen(target, ports, (moment, node) => {
    const isNow = [moment, `${moment} ${node && roleOf(node)}`].includes(at);
    if (isNow) killing ??= Promise.resolve(scene.kill());
  });
  const id = await scene.recover();
  const said: string[] = [];
  const state = await carryOn(stack, id, async (gate, now) => {
    if (!gate.startsWith('failed:')) return 'approve';
    const { error } = now.waitingFor[0]!;
    said.push(`${gate.slice(7)} ${error!.code}: ${error!.sentence.en}`);
    expect(error!.code, `${what}\n${said.join('\n')}`).not.toBe('internal');
    await killing;
    await scene.startAgain();
    return 'retry';
  });
  expect(killing, `${what}: nobody died`).toBeDefined();
  await killing;
  expect(state.status, `${what}\n${said.join('\n')}`).toBe('recovered');
  const tell = (more = ''): string =>
    `${what}: ${Math.round(performance.now() - began)} ms${more}${said.map((line) => `\n    ${line}`).join('')}`;
  return { state, what, tell };
}

/** Each lane plays the next round that nobody has played. */
export async function playAll<Lane, Round>(
  rounds: readonly Round[],
  lanes: readonly Lane[],
  play: (lane: Lane, round: Round) => Promise<string>,
): Promise<void> {
  const queue = [...rounds];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let round = queue.shift(); round; round = queue.shift()) console.log(await play(lane, round));
    }),
  );
}

/** Answers each question until it is over. */
async function carryOn(
  stack: Stack,
  id: string,
  answer: (gate: string, now: RecoveryState) => Promise<'approve' | 'retry'>,
): Promise<RecoveryState> {
  for (let asked = 0; asked < 6; asked++) {
    const at = (state: RecoveryState) => hasEnded(state.status) || state.waitingFor.length > 0;
    await expect.poll(async () => at(await stack.state(id)), { timeout: 100_000, interval: 50 }).toBe(true);
    const now = await stack.state(id);
    if (hasEnded(now.status)) return stack.result(id);
    const [waiting] = now.waitingFor;
    await stack.decide(id, waiting!, 'ren', await answer(waiting!.gate, now));
  }
  throw new Error(`it asks and asks: ${JSON.stringify(await stack.state(id))}`);
}
