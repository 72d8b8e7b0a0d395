/** Takes a plan of moves back, wholly or half applied: what it moved goes home, what others wrote stays. */
import type { Move, UndoMovesReceipt } from '../../domain/set-aside/move-plan.ts';
import type { Ports } from '../ports/index.ts';
import { removeLeftovers } from '../tool-store/apply-restore.ts';
import { scanStore } from '../tool-store/scan-store.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { bringTo, forget, isSame, isStill, seeAt } from './move-file.ts';
import { readMoves } from './plan-moves.ts';

export async function undoMoves(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<UndoMovesReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readMoves(ports, target, input.plan);
  await requireRoot(ports, target);
  await removeLeftovers(ports, target, await scanStore(ports, target, signal));
  const bytes = plan.moves.reduce((sum, { state }) => sum + (state.kind === 'file' ? state.bytes : 0), 0);
  const outcomes: Outcome[] = [];
  try {
    await withinTarget(target, async () => {
      for (const move of plan.moves) outcomes.push(await takeBack(ports, target, move));
      for (const path of plan.missingFolders.toReversed()) await ports.files.removeIfEmpty({ root: target.root, path });
    });
  } catch (error) {
    throw await explainWrite(error, target.root, bytes, () => ports.files.freeBytes(target.root));
  }
  return {
    movedBack: outcomes.filter((outcome) => outcome === 'back').length,
    kept: plan.moves.filter((_, n) => outcomes[n] === 'kept').map(({ from }) => from),
  };
}

type Outcome = 'back' | 'untouched' | 'kept';

async function takeBack(ports: Ports, { root }: ToolStoreTarget, { from, to, mark, duplicate }: Move): Promise<Outcome> {
  const [home, away] = await Promise.all([seeAt(ports, root, from), seeAt(ports, root, to)]);
  if (home === undefined) {
    if (!isStill(away, mark)) return 'kept';
    // What lay there before the plan stays there, as a file of its own.
    if (!(await bringTo(ports, root, { from: to, to: from, seen: away, copy: duplicate }))) return 'kept';
    return duplicate || (await forget(ports, root, to, from)) ? 'back' : 'kept';
  }
  if (duplicate || away === undefined) return isStill(home, mark) ? 'untouched' : 'kept';
  // Both names: it was interrupted on the way there or on the way back.
  return isSame(home, away) && (await forget(ports, root, to, from)) ? 'back' : 'kept';
}
