/** Takes a repair back, wholly or half done: the original is the log again, with all that was appended since. */
import { auditLog } from '../../domain/tool-store/layout.ts';
import { without } from '../../domain/audit-log/swap.ts';
import type { Ports } from '../ports/index.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import { readRepairPlan } from './plan-repair.ts';
import { readNote, repairFiles, type RepairFiles } from './repair-files.ts';
import { finishAppend, forgetReplacement, replaceLog, type Replacement } from './replace-log.ts';
import { replacementState } from './swap-journal.ts';

/** Fails: plan-changed (no such plan), log-held-open, target-read-only, disk-full. */
export async function undoLogRepair(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<void> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readRepairPlan(ports, input.plan, target.id);
  await requireRoot(ports, target);
  const files = repairFiles(ports, target, plan);
  try {
    await withinTarget(target, () => takeBack(ports, files, signal));
  } catch (error) {
    throw await explainWrite(error, target.root, plan.measured, () => ports.files.freeBytes(target.root));
  }
}

async function takeBack(ports: Ports, files: RepairFiles, signal?: AbortSignal): Promise<void> {
  const { root } = files.log;
  const back = backwards(files);
  const wasReplaced = (await replacementState(ports, files.replacement)) === 'replaced';
  if (wasReplaced || (await replacementState(ports, back)) !== 'none') await swapBack(ports, files, back, signal);
  const log = await ports.logs.lookAt(files.log);
  const second = await ports.logs.lookAt(files.original);
  // A second name of the very log; anything else of that name is not ours.
  if (second !== undefined && second.inode === log?.inode) await ports.files.remove(files.original);
  const ours = [files.prepared, files.rejected, files.quarantine, files.receipt, { root, path: back.keepAs }];
  for (const place of ours) await ports.files.remove(place);
  for (const place of [files.progress, files.note]) await ports.files.remove(place);
  await ports.files.removeTree({ ...files.progress, path: `${files.progress.path}.scratch` });
  await forgetReplacement(ports, back.name);
  await forgetReplacement(ports, files.replacement.name);
}

/** The original takes its old place; of the repaired log only what others appended is brought over to it. */
async function swapBack(ports: Ports, files: RepairFiles, back: Replacement, signal?: AbortSignal): Promise<void> {
  const note = await readNote(ports, files);
  const { merged, next } = await finishAppend(ports, files.replacement);
  await replaceLog(
    ports,
    { ...back, old: next, consumed: note?.keptBytes ?? 0, late: (bytes, offset) => without(bytes, offset, merged) },
    signal,
  );
}

/** Where there was no log, nothing takes its place. */
const backwards = ({ replacement }: RepairFiles): Replacement => ({
  ...replacement,
  prepared: replacement.old === null ? undefined : replacement.keepAs,
  keepAs: replacement.keepAs.replace('.corrupted-', '.replaced-'),
  log: auditLog,
  name: `${replacement.name}.undo`,
});
