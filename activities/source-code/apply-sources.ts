/** Applies a source plan: what goes is copied and checked, what comes is staged beside its place; only then is anything replaced. */
import type { SourceEntry } from '../../contracts/source-code.ts';
import { fail } from '../../domain/fail.ts';
import type { SourceChange, SourcePlan } from '../../domain/source-code/source-plan.ts';
import type { SourcesReceipt } from '../../domain/source-code/words.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { folderOf, temporaryBeside } from '../../domain/tool-store/layout.ts';
import { naming } from '../../domain/tool-store/tool-limit.ts';
import type { Ports } from '../ports/index.ts';
import { protectedPlace } from '../tool-store/protect.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { isDone, isUntouched, keptFor, lookAt, removeCodeLeftovers, type SeenCode } from './code-state.ts';
import { readSourcePlan } from './plan-sources.ts';

export interface ApplySourcesInput {
  readonly target: string;
  readonly plan: string;
  readonly digest: string;
}

export async function applySources(ports: Ports, input: ApplySourcesInput, signal?: AbortSignal): Promise<SourcesReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readSourcePlan(ports, target.id, input.plan);
  if (plan.digest !== input.digest) throw changed([input.plan]);
  await requireRoot(ports, target);
  const bytes = plan.changes.reduce((sum, { action, after }) => sum + (action === 'keep' ? 0 : (after?.bytes ?? 0)), 0);
  try {
    return await withinTarget(target, () => apply(ports, target, plan, keptFor(plan, input.plan), signal));
  } catch (error) {
    throw await explainWrite(error, target.root, bytes, () => ports.files.freeBytes(target.root));
  }
}

async function apply(
  ports: Ports,
  target: ToolStoreTarget,
  plan: SourcePlan,
  kept: string,
  signal?: AbortSignal,
): Promise<SourcesReceipt> {
  await removeCodeLeftovers(ports, target, plan);
  const judged = plan.changes.filter(({ action, after }) => action !== 'keep' || after !== null);
  const live = await lookAt(
    ports,
    target,
    judged.map(({ path }) => path),
    signal,
  );
  const todo = judged.filter((change) => !isDone(change, live.get(change.path)));
  const moved = todo.filter((change) => change.action === 'keep' || !isUntouched(change, live.get(change.path)));
  if (moved.length > 0) throw changed(moved.map(({ path }) => path));
  await keep(ports, target, kept, todo, live, signal);
  await stageAndReplace(ports, target, plan, todo, live, signal);
  return {
    written: todo.filter(({ after }) => after !== null).length,
    already: judged.filter(({ action }) => action !== 'keep').length - todo.length,
    movedOut: todo.filter(({ after }) => after === null).length,
  };
}

const changed = (what: readonly string[]) => {
  const named = naming(what, 5);
  return fail('plan-changed', {
    en: `Since the plan was made, something changed: ${named.en}.`,
    ja: `計画の後に変化がありました: ${named.ja}。`,
  });
};

/** Nothing goes that was not copied, byte for byte, and read back. Links stand in the plan. */
async function keep(
  ports: Ports,
  { root }: ToolStoreTarget,
  kept: string,
  todo: readonly SourceChange[],
  live: ReadonlyMap<string, SeenCode>,
  signal?: AbortSignal,
): Promise<void> {
  const { files } = ports;
  await inParallel(todo, async ({ path, before }) => {
    if (before?.kind !== 'file') return;
    const copy = protectedPlace(ports, kept, path);
    const hashOf = async (): Promise<string | undefined> =>
      (await files.look(copy)) === undefined ? undefined : (await files.read(copy, 0, signal)).sha256;
    if ((await hashOf()) !== before.sha256) {
      await files.remove(copy);
      await files.copy(
        { root, path },
        copy,
        { mode: '0600', modifiedAt: live.get(path)!.facts.modifiedAt, durable: true },
        signal,
      );
      await files.syncFolder({ ...copy, path: folderOf(copy.path) });
      if ((await hashOf()) !== before.sha256) {
        throw fail('not-protected', {
          en: `${path} changes while it is copied; stop what writes to it.`,
          ja: `${path} が複製中に変化しています。書き込み元を止めてください。`,
        });
      }
    }
  });
}

/** On failure before the first replacement no trace is left. */
async function stageAndReplace(
  ports: Ports,
  target: ToolStoreTarget,
  plan: SourcePlan,
  todo: readonly SourceChange[],
  live: ReadonlyMap<string, SeenCode>,
  signal?: AbortSignal,
): Promise<void> {
  const { root } = target;
  const { files } = ports;
  const nonce = globalThis.crypto.randomUUID().slice(0, 8);
  const scratch = { root: ports.data, path: `scratch/${target.id}/sources-${nonce}` };
  const staged = new Set<string>();
  try {
    for (const [index, source] of plan.sources.entries()) {
      const mine = todo.filter(({ path, after }) => after !== null && path.startsWith(`${source.path}/`));
      if (mine.length === 0) continue;
      const from = { ...scratch, path: `${scratch.path}/${index}` };
      await ports.sources.bring(entryOf(target, source), source.commit, from, signal);
      // One after the other and parents first, so that each new folder takes its owner from the one above.
      for (const path of [...new Set(mine.map((one) => folderOf(one.path)))].toSorted()) await files.makeFolder({ root, path });
      await inParallel(mine, async ({ path, before, after }) => {
        const owner = before?.kind === 'file' ? before : await files.look({ root, path: folderOf(path) });
        const beside = temporaryBeside(path, nonce);
        staged.add(beside);
        const at = { root: from.root, path: `${from.path}/${path.slice(source.path.length + 1)}` };
        const copied = await files.copy(at, { root, path: beside }, { mode: after!.mode, owner, durable: true }, signal);
        if (copied.sha256 !== after!.sha256) throw changed([path]);
      });
    }
    signal?.throwIfAborted();
    const moved = await inParallel(todo, async ({ path }) =>
      (await files.look({ root, path }))?.version === live.get(path)?.facts.version ? [] : [path],
    );
    if (moved.flat().length > 0) throw changed(moved.flat());
    // From here to the end there is no stopping: a half-replaced extension is what nobody wants.
    await inParallel(todo, async ({ path, after }) => {
      if (after === null) return files.remove({ root, path });
      await files.rename(root, temporaryBeside(path, nonce), path);
      staged.delete(temporaryBeside(path, nonce));
    });
    await inParallel([...new Set(todo.map(({ path }) => folderOf(path)))], (path) => files.syncFolder({ root, path }));
  } finally {
    await inParallel([...staged], (path) => files.remove({ root, path })).catch(() => undefined);
    await files.removeTree(scratch).catch(() => undefined);
  }
}

/** The inventory's own entry: a plan says what was seen, never where to go. */
function entryOf(target: ToolStoreTarget, source: SourcePlan['sources'][number]): SourceEntry {
  const entry = target.sources.find(
    ({ path, git, ref, folder }) => path === source.path && git === source.git && ref === source.ref && folder === source.folder,
  );
  if (entry === undefined) throw changed([source.path]);
  return entry;
}
