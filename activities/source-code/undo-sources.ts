/** Takes a source plan back, wholly or half applied: what it brought goes, what was there comes back, what others wrote stays. */
import { fail } from '../../domain/fail.ts';
import type { SourceChange } from '../../domain/source-code/source-plan.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { folderOf, temporaryBeside } from '../../domain/tool-store/layout.ts';
import type { UndoReceipt } from '../../domain/tool-store/words.ts';
import type { Ports } from '../ports/index.ts';
import { protectedPlace } from '../tool-store/protect.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import { isDone, isUntouched, keptFor, lookAt, removeCodeLeftovers } from './code-state.ts';
import { readSourcePlan } from './plan-sources.ts';

/** Fails: plan-changed (no such plan), not-protected (a kept file is altered), target-read-only, disk-full. */
export async function undoSources(ports: Ports, input: { readonly target: string; readonly plan: string }): Promise<UndoReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readSourcePlan(ports, target.id, input.plan);
  await requireRoot(ports, target);
  const { root } = target;
  const kept = keptFor(plan, input.plan);
  const altering = plan.changes.filter(({ action }) => action !== 'keep');
  try {
    return await withinTarget(target, async () => {
      await removeCodeLeftovers(ports, target, plan);
      const live = await lookAt(
        ports,
        target,
        altering.map(({ path }) => path),
      );
      const done = altering.filter(
        (change) => isDone(change, live.get(change.path)) && !isUntouched(change, live.get(change.path)),
      );
      // Whatever this plan replaced was copied first: what has no copy was replaced by somebody else.
      const ours = (await inParallel(done, async (change) => ((await hasCopy(ports, kept, change)) ? [change] : []))).flat();
      await inParallel(ours, (change) => takeBack(ports, root, kept, change));
      const folders = [...new Set(ours.map(({ path }) => folderOf(path)))];
      await inParallel(folders, (path) => ports.files.syncFolder({ root, path }));
      for (const path of plan.missingFolders.toReversed()) await ports.files.removeIfEmpty({ root, path });
      return {
        restored: ours.filter(({ before }) => before !== null).length,
        removed: ours.filter(({ before }) => before === null).length,
        kept: altering
          .filter((change) => !ours.includes(change) && !isUntouched(change, live.get(change.path)))
          .map(({ path }) => path),
      };
    });
  } catch (error) {
    throw await explainWrite(error, root, 0, () => ports.files.freeBytes(root));
  }
}

const hasCopy = async (ports: Ports, kept: string, { path, before }: SourceChange): Promise<boolean> =>
  before?.kind !== 'file' || (await ports.files.look(protectedPlace(ports, kept, path))) !== undefined;

async function takeBack(ports: Ports, root: string, kept: string, { path, before, after }: SourceChange): Promise<void> {
  const { files } = ports;
  if (before === null) {
    // Moved out rather than thrown away: a checked copy stays beside what is kept.
    const aside = { root: ports.data, path: `${kept}/undone/${path}` };
    await files.remove(aside);
    const copied = await files.copy({ root, path }, aside, { mode: '0600', durable: true });
    if (copied.sha256 === after!.sha256) await files.remove({ root, path });
    return;
  }
  const beside = temporaryBeside(path, globalThis.crypto.randomUUID().slice(0, 8));
  await files.makeFolder({ root, path: folderOf(path) });
  try {
    if (before.kind === 'link') await files.makeLink({ root, path: beside }, before.pointsTo);
    else {
      const copy = protectedPlace(ports, kept, path);
      const facts = await files.look(copy);
      const options = { mode: before.mode, owner: before, modifiedAt: facts?.modifiedAt, durable: true };
      const copied = facts && (await files.copy(copy, { root, path: beside }, options));
      if (copied?.sha256 !== before.sha256) {
        throw fail('not-protected', {
          en: `${path} in ${kept} is altered; the code that was brought stays.`,
          ja: `${kept} の ${path} が変更されています。取得したコードを残します。`,
        });
      }
    }
    await files.rename(root, beside, path);
  } catch (error) {
    await files.remove({ root, path: beside }).catch(() => undefined);
    throw error;
  }
}
