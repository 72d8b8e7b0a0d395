/** Takes a plan back, wholly or half applied: what the plan wrote goes, what was there before comes back, what others wrote stays. */
import { fail } from '../../domain/fail.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { folderOf, temporaryBeside } from '../../domain/tool-store/layout.ts';
import { isAfter, isBefore } from '../../domain/tool-store/plan-state.ts';
import type { RestoreChange } from '../../domain/tool-store/restore-plan.ts';
import type { UndoReceipt } from '../../domain/tool-store/words.ts';
import type { Ports } from '../ports/index.ts';
import { liveFiles, removeLeftovers } from './apply-restore.ts';
import { readPlan } from './plan-restore.ts';
import { protectedPlace, readProtected, type ProtectedManifest } from './protect.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from './target.ts';

export interface UndoRestoreInput {
  readonly target: string;
  readonly plan: string;
  readonly protectedAs: string;
}

/** Fails: plan-changed (no such plan), not-protected (a protected file is gone or altered), target-read-only, disk-full. */
export async function undoRestore(ports: Ports, input: UndoRestoreInput, signal?: AbortSignal): Promise<UndoReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readPlan(ports, input.plan, target.id);
  await requireRoot(ports, target);
  const { store, files } = await liveFiles(ports, target, plan, signal);
  await removeLeftovers(ports, target, store);
  const altering = plan.changes.filter(({ by }) => by !== 'nothing');
  const ours = altering.filter((change) => isAfter(change, files.get(change.path), ports.files.mayGiveAway));
  const kept = altering.filter(
    (change) => !ours.includes(change) && !isBefore(change.before, files.get(change.path)) && files.has(change.path),
  );
  const gone = altering.filter((change) => change.before !== null && !files.has(change.path));
  const manifest = await readProtected(ports, input.protectedAs);
  const bytes = ours.reduce((sum, { before }) => sum + (before?.kind === 'file' ? before.bytes : 0), 0);
  try {
    await withinTarget(target, async () => {
      await inParallel(ours, (change) => takeBack(ports, target, input.protectedAs, manifest, change));
      const folders = new Set(ours.map(({ path }) => folderOf(path)));
      await inParallel([...folders], (path) => ports.files.syncFolder({ root: target.root, path }));
      for (const path of plan.missingFolders.toReversed()) await ports.files.removeIfEmpty({ root: target.root, path });
    });
  } catch (error) {
    throw await explainWrite(error, target.root, bytes, () => ports.files.freeBytes(target.root));
  }
  return {
    restored: ours.filter(({ before }) => before !== null).length,
    removed: ours.filter(({ before }) => before === null).length,
    kept: [...kept, ...gone].map(({ path }) => path),
  };
}

async function takeBack(
  ports: Ports,
  { root }: ToolStoreTarget,
  ref: string,
  manifest: ProtectedManifest | undefined,
  { path, by, before, after }: RestoreChange,
): Promise<void> {
  const { files } = ports;
  if (before === null) return setAside(ports, root, ref, path, after!.sha256);
  if (by === 'attributes' && before.kind === 'file') {
    await files.setAttributes({ root, path }, before.mode, before);
    return;
  }
  const beside = temporaryBeside(path, globalThis.crypto.randomUUID().slice(0, 8));
  try {
    if (before.kind === 'link') await files.makeLink({ root, path: beside }, before.pointsTo);
    else {
      const { mode, uid, gid } = before;
      const modifiedAt = manifest?.files.find((file) => file.path === path)?.modifiedAt;
      const options = { mode, owner: { uid, gid }, modifiedAt, durable: true };
      const copied = await files
        .copy(protectedPlace(ports, ref, path), { root, path: beside }, options)
        .catch((error: unknown) => {
          if ((error as { code?: string }).code === 'ENOENT') return undefined;
          throw error;
        });
      if (copied?.sha256 !== before.sha256) throw notProtected(ref, path);
    }
    await files.rename(root, beside, path);
  } catch (error) {
    await files.remove({ root, path: beside }).catch(() => undefined);
    throw error;
  }
}

/** What the restore added is moved out, not thrown away: a copy that was checked stays beside the protected files. */
async function setAside(ports: Ports, root: string, ref: string, path: string, sha256: string): Promise<void> {
  const aside = { root: ports.data, path: `${ref}/undone/${path}` };
  await ports.files.remove(aside);
  const copied = await ports.files.copy({ root, path }, aside, { mode: '0600', durable: true });
  if (copied.sha256 !== sha256) return;
  await ports.files.remove({ root, path });
}

const notProtected = (ref: string, path: string) =>
  fail('not-protected', {
    en: `${path} in ${ref} is missing or altered; the restored file stays.`,
    ja: `${ref} の ${path} が欠けているか変更されています。復元したファイルを残します。`,
  });
