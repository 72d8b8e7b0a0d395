/** Applies a plan: everything is staged beside its place, synced and checked first; only then is anything replaced. */
import { fail } from '../../domain/fail.ts';
import { fileWorkers, inParallel } from '../../domain/tool-store/in-parallel.ts';
import { auditLog, folderOf, isToolPath, temporaryBeside, toolLimit } from '../../domain/tool-store/layout.ts';
import { stateOf } from '../../domain/tool-store/plan-state.ts';
import type { BackupFile, RestoreChange, RestorePlan } from '../../domain/tool-store/restore-plan.ts';
import { naming } from '../../domain/tool-store/tool-limit.ts';
import type { RestoreReceipt } from '../../domain/tool-store/words.ts';
import type { Ports } from '../ports/index.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { openBackup } from './open-backups.ts';
import { readPlan } from './plan-restore.ts';
import { protectedPlace, readProtected } from './protect.ts';
import { fetchFile, readBackupFiles } from './read-backup.ts';
import { fileState, scanStore, type SeenFile, type SeenStore } from './scan-store.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from './target.ts';

export interface ApplyRestoreInput {
  readonly target: string;
  readonly plan: string;
  readonly digest: string;
  readonly protectedAs: string;
}

export async function applyRestore(ports: Ports, input: ApplyRestoreInput, signal?: AbortSignal): Promise<RestoreReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readPlan(ports, input.plan, target.id);
  if (plan.digest !== input.digest || plan.target !== target.id) {
    throw fail('plan-changed', {
      en: `The plan at ${input.plan} is not the one that was approved.`,
      ja: `${input.plan} の計画は承認されたものではありません。`,
    });
  }
  await requireRoot(ports, target);
  const set = await openBackup(ports, target, plan.backup, signal);
  const live = await liveFiles(ports, target, plan, signal);
  const { todo, already } = await compare(ports, plan, set, live, signal);
  await requireProtected(ports, input.protectedAs, todo, signal);
  await removeLeftovers(ports, target, live.store);
  const bytes = todo.reduce((sum, change) => sum + (change.by === 'content' ? change.after!.bytes : 0), 0);
  try {
    const kept = await withinTarget(target, () => stageAndReplace(ports, target, set, todo, live.files, signal));
    return {
      written: todo.length,
      already,
      bytes,
      logRestored: todo.some(({ path }) => path === auditLog),
      findings: ownerFindings(todo.filter((_, index) => !kept[index])),
    };
  } catch (error) {
    for (const folder of plan.missingFolders.toReversed()) {
      await ports.files.removeIfEmpty({ root: target.root, path: folder }).catch(() => undefined);
    }
    throw await explainWrite(error, target.root, bytes, () => ports.files.freeBytes(target.root));
  }
}

interface LiveFiles {
  readonly store: SeenStore;
  /** By path, with the logs that the plan brings. */
  readonly files: ReadonlyMap<string, SeenFile>;
}

/** The store as it is now; of the logs only those that the plan would add, since only those are compared. */
export async function liveFiles(
  ports: Ports,
  target: ToolStoreTarget,
  plan: RestorePlan,
  signal?: AbortSignal,
): Promise<LiveFiles> {
  const store = await scanStore(ports, target, signal);
  const files = new Map(store.tools.map((file) => [file.path, file]));
  const planned = new Set(plan.changes.map(({ path }) => path));
  for (const facts of store.logs) {
    if (!planned.has(facts.path) || facts.kind !== 'file') continue;
    const read = await ports.files.read({ root: target.root, path: facts.path }, 0, signal);
    files.set(facts.path, { path: facts.path, facts: read.facts, state: fileState(read.facts, read.sha256, read.bytes) });
  }
  return { store, files };
}

/** Fails with plan-changed, naming what moved, unless every file is as the plan saw it or as it wants it. */
async function compare(ports: Ports, plan: RestorePlan, set: BackupSet, live: LiveFiles, signal?: AbortSignal) {
  let backup: ReadonlyMap<string, BackupFile> = new Map();
  const judge = (change: RestoreChange) =>
    stateOf(change, live.files.get(change.path), backup.get(change.path), ports.files.mayGiveAway);
  // Only a kept tool that changed needs the backup's content, to tell use from damage.
  if (plan.changes.some((change) => change.by === 'nothing' && judge(change) === 'moved')) {
    backup = new Map((await readBackupFiles(set, signal)).map((file) => [file.path, file]));
  }
  const moved = plan.changes.filter((change) => judge(change) === 'moved').map(({ path }) => path);
  if (moved.length > 0 || set.manifest?.digest !== plan.manifest) throw changed(moved.length > 0 ? moved : [set.id]);
  const tools = new Set(live.store.tools.filter(({ judged }) => judged?.ok === true).map(({ path }) => path));
  for (const { path, after } of plan.changes) if (after !== null && isToolPath(path)) tools.add(path);
  if (plan.needsPeople === undefined && tools.size > toolLimit) throw changed([`${tools.size} tools`]);
  return {
    todo: plan.changes.filter((change) => judge(change) === 'todo'),
    already: plan.changes.filter((change) => judge(change) === 'already').length,
  };
}

function changed(what: readonly string[]) {
  const named = naming(what, 5);
  return fail('plan-changed', {
    en: `Since the plan was made, something changed: ${named.en}.`,
    ja: `計画の後に変化がありました: ${named.ja}。`,
  });
}

/** Nothing is overwritten that is not in the protected copy, byte for byte, on the disk at this moment. */
async function requireProtected(ports: Ports, ref: string, todo: readonly RestoreChange[], signal?: AbortSignal): Promise<void> {
  const overwritten = todo.filter(({ before }) => before !== null);
  if (overwritten.length === 0) return;
  const manifest = await readProtected(ports, ref);
  const links = new Map(manifest?.links.map((link) => [link.path, link.pointsTo]));
  const files = new Map(manifest?.files.map((file) => [file.path, file]));
  const missing = await inParallel(overwritten, async ({ path, before }) => {
    if (before!.kind === 'link') return links.get(path) === before!.pointsTo ? [] : [path];
    if (files.get(path)?.sha256 !== before!.sha256 || files.get(path)?.mode !== before!.mode) return [path];
    const copy = await ports.files.read(protectedPlace(ports, ref, path), 0, signal).catch(() => undefined);
    return copy?.sha256 === before!.sha256 ? [] : [path];
  });
  if (missing.flat().length === 0) return;
  const named = naming(missing.flat(), 5);
  throw fail('not-protected', {
    en: `Not in the protected copy as they are now: ${named.en}.`,
    ja: `現在の内容が保護コピーにありません: ${named.ja}。`,
  });
}

export async function removeLeftovers(ports: Ports, { root }: ToolStoreTarget, store: SeenStore): Promise<void> {
  await inParallel(store.leftovers, (path) => ports.files.remove({ root, path }));
}

/** Answers, for each change, whether the owner could be kept. On failure before the first replacement no trace is left. */
async function stageAndReplace(
  ports: Ports,
  target: ToolStoreTarget,
  set: BackupSet,
  todo: readonly RestoreChange[],
  live: ReadonlyMap<string, SeenFile>,
  signal?: AbortSignal,
): Promise<boolean[]> {
  const { root } = target;
  const nonce = globalThis.crypto.randomUUID().slice(0, 8);
  const manifestFiles = new Map(set.manifest!.files.map((file) => [file.path, file]));
  const staged = new Set<string>();
  // One after the other and parents first, so that each new folder takes its owner from the one above.
  const folders = new Set(todo.map(({ path }) => folderOf(path)));
  for (const path of [...folders].toSorted()) await ports.files.makeFolder({ root, path });
  try {
    const kept = await inParallel(todo, async ({ path, by, after }) => {
      if (by !== 'content') return true;
      const { mode, uid, gid, modifiedAt } = after!;
      const beside = temporaryBeside(path, nonce);
      staged.add(beside);
      const options = { mode, owner: { uid, gid }, modifiedAt, durable: true };
      return (await fetchFile(ports, set, manifestFiles.get(path)!, { root, path: beside }, options, signal)).ownerKept;
    });
    signal?.throwIfAborted();
    await requireUnmoved(ports, target, todo, live);
    // From here to the end there is no stopping: a rename is short, and a half-replaced store is what nobody wants.
    const replaced = await inParallel(todo, async ({ path, by, after }) => {
      if (by === 'attributes') return ports.files.setAttributes({ root, path }, after!.mode, after!);
      await ports.files.rename(root, temporaryBeside(path, nonce), path);
      staged.delete(temporaryBeside(path, nonce));
      return true;
    });
    await inParallel([...folders], (folder) => ports.files.syncFolder({ root, path: folder }));
    return kept.map((owner, index) => owner && replaced[index]!);
  } finally {
    await inParallel([...staged], (path) => ports.files.remove({ root, path }), fileWorkers).catch(() => undefined);
  }
}

/** Staging took time; what is about to be replaced is looked at once more. */
async function requireUnmoved(
  ports: Ports,
  { root }: ToolStoreTarget,
  todo: readonly RestoreChange[],
  live: ReadonlyMap<string, SeenFile>,
): Promise<void> {
  const moved = await inParallel(todo, async ({ path }) => {
    const now = await ports.files.look({ root, path });
    return now?.version === live.get(path)?.facts.version ? [] : [path];
  });
  if (moved.flat().length > 0) throw changed(moved.flat());
}

function ownerFindings(lost: readonly RestoreChange[]) {
  if (lost.length === 0) return [];
  const named = naming(
    lost.map(({ path }) => path),
    5,
  );
  return [
    {
      en: `The owner could not be restored (this process may not give files away): ${named.en}.`,
      ja: `所有者を復元できませんでした(権限がありません): ${named.ja}。`,
    },
  ];
}
