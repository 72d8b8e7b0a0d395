/** Applies a plan of moves: all of it is compared with the world first, then each file is moved. */
import { fail } from '../../domain/fail.ts';
import type { Move, MovePlan, MoveReceipt } from '../../domain/set-aside/move-plan.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { isToolPath } from '../../domain/tool-store/layout.ts';
import { naming } from '../../domain/tool-store/tool-limit.ts';
import type { Ports } from '../ports/index.ts';
import { removeLeftovers } from '../tool-store/apply-restore.ts';
import { scanStore } from '../tool-store/scan-store.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { bringTo, forget, isSame, isStill, seeAt, type Seen } from './move-file.ts';
import { readMoves } from './plan-moves.ts';

/** How far a move is: `half` has both names. */
type Stand = 'todo' | 'half' | 'done' | 'changed';

export async function applyMoves(
  ports: Ports,
  input: { readonly target: string; readonly plan: string; readonly digest: string },
  signal?: AbortSignal,
): Promise<MoveReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readMoves(ports, target, input.plan);
  if (plan.digest !== input.digest) throw changed([input.plan]);
  await requireRoot(ports, target);
  const store = await scanStore(ports, target, signal);
  await removeLeftovers(ports, target, store);
  const stands = await withinTarget(target, () => inParallel(plan.moves, (move) => standOf(ports, target, move)));
  const moved = plan.moves.filter((_, n) => stands[n]!.stand === 'changed').map(({ name, from }) => `${name} (${from})`);
  const came = newcomers(
    plan,
    store.tools.map(({ path }) => path),
  );
  if (moved.length + came.length > 0) throw changed([...moved, ...came]);
  const bytes = plan.moves.reduce((sum, { state }) => sum + (state.kind === 'file' ? state.bytes : 0), 0);
  try {
    await withinTarget(target, async () => {
      for (const [n, move] of plan.moves.entries()) {
        signal?.throwIfAborted();
        await finish(ports, target, move, stands[n]!);
      }
    });
  } catch (error) {
    throw await explainWrite(error, target.root, bytes, () => ports.files.freeBytes(target.root));
  }
  const already = stands.filter(({ stand }) => stand === 'done').length;
  return { moved: plan.moves.length - already, already };
}

/** What came into use since a plan to bring tools back: it may bear their names, or be one too many. */
function newcomers({ direction, others, moves }: MovePlan, paths: readonly string[]): string[] {
  if (direction === 'aside') return [];
  const known = new Set([...others.map(({ path }) => path), ...moves.map(({ to }) => to)]);
  return paths.filter((path) => isToolPath(path) && !known.has(path));
}

interface Standing {
  readonly stand: Stand;
  readonly seen?: Seen;
}

/** A tool that was only used since the plan is still the one that was meant. */
async function standOf(ports: Ports, { root }: ToolStoreTarget, { from, to, mark, duplicate }: Move): Promise<Standing> {
  const [here, there] = await Promise.all([seeAt(ports, root, from), seeAt(ports, root, to)]);
  if (here === undefined) return { stand: isStill(there, mark) ? 'done' : 'changed' };
  if (!isStill(here, mark)) return { stand: 'changed' };
  if (there === undefined) return { stand: duplicate ? 'changed' : 'todo', seen: here };
  return { stand: isSame(here, there) ? 'half' : 'changed', seen: here };
}

async function finish(
  ports: Ports,
  { root }: ToolStoreTarget,
  { from, to, name }: Move,
  { stand, seen }: Standing,
): Promise<void> {
  if (stand === 'done') return;
  const isThere = stand !== 'todo' || (await bringTo(ports, root, { from, to, seen: seen!, copy: false }));
  // Written again since it got its second name: the world is no longer what the plan saw.
  if (!isThere || !(await forget(ports, root, from, to))) throw changed([`${name} (${from})`]);
}

function changed(what: readonly string[]) {
  const named = naming(what, 5);
  return fail('plan-changed', {
    en: `Since the plan was made, something changed: ${named.en}.`,
    ja: `計画の後に変化がありました: ${named.ja}。`,
  });
}
