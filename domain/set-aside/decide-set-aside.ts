/** Which files go aside, and under which names, so that nothing is overwritten. The same world gives the same plan. */
import { digestOf } from '../digest.ts';
import type { Text } from '../text.ts';
import { isTemporary, staysInside, toolsFolder } from '../tool-store/layout.ts';
import { asideFolderPath, type AsideFolder, type Move, type MovePlan, type ToolToSetAside } from './move-plan.ts';
import { asideName, isMovable, isSameContent, markOf, nameOf, othersThan, type SetAsideWorld } from './set-aside-world.ts';

export type SetAsideDecision =
  | { readonly plan: MovePlan }
  /** Paths where nothing is that could be put away. */
  | { readonly unknown: readonly string[] };

export interface SetAsideRequest {
  readonly tools: readonly ToolToSetAside[];
  readonly into: AsideFolder;
  /** What those who decide must know beside the plan. */
  readonly note?: Text | undefined;
}

export function decideSetAside(world: SetAsideWorld, { tools, into, note }: SetAsideRequest): SetAsideDecision {
  const live = new Map(world.live.map((file) => [file.path, file]));
  const taken = new Map(
    world.live.filter(({ path }) => path.startsWith(`${asideFolderPath(into)}/`)).map((f) => [f.path, f.state]),
  );
  const moves: Move[] = [];
  const already: string[] = [];
  const unknown: string[] = [];
  for (const { path, why } of unique(tools)) {
    const file = live.get(path);
    if (!isBelowTools(path) || path.startsWith(`${asideFolderPath(into)}/`)) unknown.push(path);
    else if (file === undefined) (live.has(asideName(into, path, 1)) ? already : unknown).push(path);
    else if (!isMovable(file.state)) unknown.push(path);
    else {
      const { state } = file;
      let nth = 1;
      while (taken.has(asideName(into, path, nth)) && !isSameContent(taken.get(asideName(into, path, nth))!, state)) nth++;
      const to = asideName(into, path, nth);
      moves.push({ from: path, to, state, duplicate: taken.has(to), name: nameOf(file), mark: markOf(file), why });
      taken.set(to, state);
    }
  }
  if (unknown.length > 0) return { unknown };
  const body: Omit<MovePlan, 'digest'> = {
    version: 1,
    target: world.target,
    direction: 'aside',
    folder: into,
    moves,
    already,
    missingFolders: world.missingFolders,
    others: othersThan(new Set(moves.map(({ from }) => from)), world.live),
    ...(note === undefined || moves.length === 0 ? {} : { needsPeople: note }),
  };
  return { plan: { ...body, digest: digestOf(body) } };
}

const isBelowTools = (path: string): boolean => path.startsWith(`${toolsFolder}/`) && staysInside(path) && !isTemporary(path);

const unique = (tools: readonly ToolToSetAside[]): ToolToSetAside[] => [
  ...new Map(tools.map((tool) => [tool.path, tool])).values(),
];
