/** The side of a process that is to be killed: at each point it says where it is, and waits for leave to go on. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { flushCompileCache } from 'node:module';
import process from 'node:process';

/** What a process is in the middle of: an activity or an HTTP exchange; `call` tells one from the next and is kept by its repeats. */
export interface Scope {
  readonly scope: string;
  readonly call: string;
}

export interface Passage extends Scope {
  /** `before` or `after` the whole, or after an effect within it, the how manieth of its kind: `after files.copy 2`. */
  readonly moment: string;
}

export type Said = { readonly says: 'ready' } | { readonly says: 'passing'; readonly number: number; readonly passage: Passage };
/** The number of the passage that may go on. */
export type Leave = number;

/** One attempt of a scope: it counts its effects from the start. */
interface Attempt extends Scope {
  readonly effects: Map<string, number>;
}

const scopes = new AsyncLocalStorage<Attempt>();
const waiting = new Map<Leave, () => void>();
let passages = 0;

/** From here on this process lives and dies with whoever started it. */
export function announce(): void {
  process.on('message', (leave: Leave) => {
    waiting.get(leave)?.();
    waiting.delete(leave);
  });
  process.once('disconnect', () => process.exit());
}

const say = (said: Said): void => void process.send?.(said);

/** It has begun its work. Who is killed keeps nothing that it compiled, so it keeps that now: the next one comes up sooner. */
export function sayReady(): void {
  say({ says: 'ready' });
  flushCompileCache();
}

/** Outside of every scope there is no point: nothing that somebody asked for is under way. */
export const inScope = <T>(scope: Scope, work: () => T): T => scopes.run({ ...scope, effects: new Map() }, work);

export async function pass(moment: 'before' | 'after', scope: Scope | undefined = scopes.getStore()): Promise<void> {
  if (scope) await waitAt(scope, moment);
}

async function passEffect(name: string): Promise<void> {
  const attempt = scopes.getStore();
  if (attempt === undefined) return;
  const { effects } = attempt;
  const nth = (effects.get(name) ?? 0) + 1;
  effects.set(name, nth);
  await waitAt(attempt, `after ${name} ${nth}`);
}

async function waitAt({ scope, call }: Scope, moment: string): Promise<void> {
  const number = ++passages;
  const leave = new Promise<void>((resolve) => waiting.set(number, resolve));
  say({ says: 'passing', number, passage: { scope, call, moment } });
  await leave;
}

/**
 * What only looks: between two looks nothing can be half done. What makes sure of an effect before the power goes changes nothing
 * for a process that is killed. Every other function of a port counts as an effect.
 */
const looks = /^(look|scan|read|line|free|list|get|strange|describe|resolve|sync)/;
export const isEffect = (name: string): boolean => !looks.test(name);

/** Every function of the port that counts passes a point after its work; before it the world is as after the one before. */
export function mined<T extends object>(name: string, port: T, counts: (method: string) => boolean = isEffect): T {
  return Object.fromEntries(
    Object.entries(port).map(([method, member]) => {
      if (typeof member !== 'function' || !counts(method)) return [method, member];
      const work = member as (...args: unknown[]) => unknown;
      return [
        method,
        async (...args: unknown[]) => {
          const result = await work(...args);
          await passEffect(`${name}.${method}`);
          return result;
        },
      ];
    }),
  ) as T;
}
