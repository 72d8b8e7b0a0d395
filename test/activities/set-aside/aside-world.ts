/** A tool store with the activities that put tools away, and short words for what tests do with them. */
import { readFileSync } from 'node:fs';
import { createSetAsideActivities } from '../../../activities/set-aside/create-set-aside-activities.ts';
import type { SetAsideActivities } from '../../../activities/set-aside/interface.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import type { AsideFolder } from '../../../domain/set-aside/move-plan.ts';
import { fileNameOf } from '../../../domain/tool-store/layout.ts';
import { plain } from '../../../domain/text.ts';
import { makeWorld, recovery, target, type World } from '../tool-store/world.ts';

export interface AsideWorld extends World {
  readonly aside: SetAsideActivities;
  /** Path of the n-th tool, below the root. */
  path(n: number): string;
  /** Where its file would lie in a side folder. */
  asidePath(n: number, folder?: AsideFolder): string;
  readLive(path: string): Buffer;
}

export async function makeAsideWorld(
  options: { readonly tools?: number; readonly wrap?: (ports: Ports) => Ports } = {},
): Promise<AsideWorld> {
  const world = await makeWorld({ tools: 6, logLines: 5, ...options });
  const path = (n: number): string => world.sample.tools[n]!.path;
  return {
    ...world,
    aside: createSetAsideActivities(world.ports),
    path,
    asidePath: (n, folder = 'disabled') => `.pi/tools/${folder}/${fileNameOf(path(n))}`,
    readLive: (at) => readFileSync(world.live(at)),
  };
}

export const why = plain('it makes trouble');

/** Plans to put tools away, with what applies and undoes it. */
export async function planAside(world: AsideWorld, paths: readonly string[], into: AsideFolder = 'disabled', by = world.aside) {
  const plan = await by.planSetAside({ target, recovery, tools: paths.map((path) => ({ path, why })), into });
  const input = { target, plan: plan.ref, digest: plan.digest };
  return {
    plan,
    input,
    apply: () => by.applySetAside(input),
    undo: () => by.undoSetAside(input),
    verify: () => by.verifyMoves(input),
  };
}

/** The same for bringing back. */
export async function planBack(world: AsideWorld, tools: readonly string[], from: AsideFolder = 'disabled', by = world.aside) {
  const plan = await by.planBringBack({ target, recovery, tools, from });
  const input = { target, plan: plan.ref, digest: plan.digest };
  return {
    plan,
    input,
    apply: () => by.applyBringBack(input),
    undo: () => by.undoBringBack(input),
    verify: () => by.verifyMoves(input),
  };
}

export const allOk = (checks: readonly { readonly ok: boolean }[]): boolean => checks.length > 0 && checks.every(({ ok }) => ok);
/** As the agent rewrites a tool when it runs it. */
export const use = (tool: Record<string, unknown>) => ({ ...tool, usageCount: 99, lastUsedAt: '2026-11-22T00:00:00.000Z' });
