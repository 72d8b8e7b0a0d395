/** Repairs the audit log: builds it anew beside, swaps it in, brings over what came meanwhile, leaves the original and a receipt. */
import { addCounts, isComplete, noCounts, type RepairCounts } from '../../domain/audit-log/repair-counts.ts';
import type { RepairPlan } from '../../domain/audit-log/repair-plan.ts';
import type { Merged } from '../../domain/audit-log/swap.ts';
import { digestOf } from '../../domain/digest.ts';
import { fail } from '../../domain/fail.ts';
import { folderOf } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import { countsAfter, gatherLogs } from './backup-log.ts';
import type { RepairReceipt } from './interface.ts';
import { lastLineEnd, readRepairPlan } from './plan-repair.ts';
import { readNote, repairFiles, type BuiltNote, type RepairFiles } from './repair-files.ts';
import { forgetReplacement, replaceLog } from './replace-log.ts';
import { replacementState } from './swap-journal.ts';

interface Sum {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The receipt beside the log. `repaired` is the beginning of the log: what was appended since stands behind. */
export interface RepairReceiptFile {
  readonly version: 1;
  readonly target: string;
  readonly plan: string;
  /** Null where there was no log. */
  readonly original: Sum | null;
  /** The backup whose lines came back. */
  readonly backup?: string | undefined;
  readonly repaired: Sum;
  readonly quarantine: Sum;
  readonly counts: RepairCounts;
  /** bytes = keptBytes + rejectedBytes + separatorBytes */
  readonly complete: boolean;
  /** Brought over from the original after the swap: its bytes `from`..`to` lie `at` there in the log. */
  readonly late: readonly Merged[];
  /** Some processes could not be looked into. */
  readonly unseen: boolean;
}

export interface ApplyRepairInput {
  readonly target: string;
  readonly plan: string;
  readonly digest: string;
}

export async function applyLogRepair(ports: Ports, input: ApplyRepairInput, signal?: AbortSignal): Promise<RepairReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readRepairPlan(ports, input.plan, target.id);
  if (plan.digest !== input.digest) throw changed(input.plan);
  await requireRoot(ports, target);
  const files = repairFiles(ports, target, plan);
  try {
    return await withinTarget(target, () => repair(ports, files, plan, signal));
  } catch (error) {
    throw await explainWrite(error, target.root, plan.measured, () => ports.files.freeBytes(target.root));
  }
}

async function repair(ports: Ports, files: RepairFiles, plan: RepairPlan, signal?: AbortSignal): Promise<RepairReceipt> {
  const earlier = await readReceipt(ports, files);
  if (earlier !== undefined) return figures(files, earlier);
  const note = await preparedNote(ports, files, plan, signal);
  const replaced = await replaceLog(ports, { ...files.replacement, consumed: note.consumed }, signal);
  const end = plan.inode === null ? 0 : (await ports.logs.lookAt(files.original))!.bytes;
  const late = await lateRejects(ports, files, note, end, signal);
  const [original, repaired, quarantine] = await Promise.all([
    plan.inode === null ? null : sumOf(ports, files.original, end, signal),
    sumOf(ports, files.log, note.keptBytes, signal),
    sumOf(ports, files.quarantine, (await ports.logs.lookAt(files.quarantine))!.bytes, signal),
  ]);
  const counts = addCounts(note.counts, late);
  const { merged, unseen } = replaced;
  const receipt: RepairReceiptFile = {
    ...{ version: 1, target: plan.target, plan: plan.digest, original, repaired, quarantine, counts },
    backup: plan.restore?.backup,
    ...{ complete: isComplete(counts) && counts.bytes === end, late: merged.filter(({ bytes }) => bytes > 0), unseen },
  };
  await ports.files.writeDocument(files.receipt, `${JSON.stringify(receipt, null, 2)}\n`);
  await ports.files.remove(files.progress);
  return figures(files, receipt);
}

/** Builds the new log unless an earlier attempt has. */
async function preparedNote(ports: Ports, files: RepairFiles, plan: RepairPlan, signal?: AbortSignal): Promise<BuiltNote> {
  const state = await replacementState(ports, files.replacement);
  const earlier = await readNote(ports, files);
  const isThere = state === 'replaced' || (await ports.logs.lookAt(files.prepared)) !== undefined;
  if (state !== 'none' && isThere && earlier !== undefined) return earlier;
  await forgetReplacement(ports, files.replacement.name);
  const now = await ports.logs.lookAt(files.log);
  if ((now?.inode ?? null) !== plan.inode || (now?.bytes ?? 0) < plan.measured) throw changed(files.log.path);
  await ports.files.makeFolder({ root: ports.data, path: folderOf(files.progress.path) });
  const first = await (plan.restore === undefined ? buildFromLog : buildFromBackup)(ports, files, plan, signal);
  const consumed = now === undefined ? 0 : await lastLineEnd(ports, files.log, now.bytes);
  const since = { place: files.log, from: plan.measured, to: consumed, firstLine: 1 + first.counts.lines };
  const behind = { kept: files.prepared, rejected: files.rejected, keptAt: first.keptBytes, rejectedAt: first.rejectedBytes };
  const second = consumed > plan.measured ? await ports.logRepair.buildRepaired(since, behind, signal) : undefined;
  await takeAttributes(ports, now === undefined ? undefined : files.log, files.prepared);
  const { keptBytes, rejectedBytes } = second ?? first;
  const note: BuiltNote = { consumed, keptBytes, rejectedBytes, counts: addCounts(first.counts, second?.counts ?? noCounts) };
  await ports.files.writeDocument(files.note, JSON.stringify(note));
  return note;
}

type Build = Omit<BuiltNote, 'consumed'>;

async function buildFromLog(ports: Ports, files: RepairFiles, plan: RepairPlan, signal?: AbortSignal): Promise<Build> {
  const part = { place: files.log, from: 0, to: plan.measured, firstLine: 1 };
  const output = { kept: files.prepared, keptAt: 0, rejected: files.rejected, rejectedAt: 0, progress: files.progress };
  const built = await ports.logRepair.buildRepaired(part, output, signal);
  if (digestOf(built.counts) !== digestOf(plan.counts)) throw changed(files.log.path);
  return built;
}

async function buildFromBackup(ports: Ports, files: RepairFiles, plan: RepairPlan, signal?: AbortSignal): Promise<Build> {
  const { backup, sha256, merge } = plan.restore!;
  const scratch = `${files.progress.path}.scratch`;
  const live = plan.inode === null ? undefined : { place: files.log, from: 0, to: plan.measured, firstLine: 1 };
  const target = toolStoreTarget(ports, plan.target);
  await ports.files.makeFolder({ root: files.log.root, path: folderOf(files.log.path) });
  const gathered = await gatherLogs(ports, target, { backup, scratch, live, rejected: files.rejected }, signal);
  if (gathered.sha256 !== sha256 || digestOf(gathered.counts) !== digestOf(plan.counts)) throw changed(files.log.path);
  const output = { kept: files.prepared, rejected: files.rejected, rejectedAt: gathered.rejectedBytes };
  const merged = await ports.logRepair.mergeLogs({ backup: gathered.backup, live: gathered.live }, output, signal);
  if (merged.lines !== merge.lines) throw changed(files.log.path);
  await ports.files.removeTree({ root: ports.data, path: scratch });
  return { keptBytes: merged.keptBytes, rejectedBytes: merged.rejectedBytes, counts: countsAfter(gathered.counts, merged) };
}

/** Completes the quarantine with what came late; answers the counts of that. */
async function lateRejects(
  ports: Ports,
  files: RepairFiles,
  note: BuiltNote,
  end: number,
  signal?: AbortSignal,
): Promise<RepairCounts> {
  const part = { place: files.original, from: note.consumed, to: end, firstLine: 1 + note.counts.lines };
  const hasLate = end > note.consumed;
  if ((await ports.logs.lookAt(files.quarantine)) !== undefined) {
    return hasLate ? (await ports.logRepair.scanLog(part, signal)).counts : noCounts;
  }
  const output = { keptAt: 0, rejected: files.rejected, rejectedAt: note.rejectedBytes };
  const late = hasLate ? (await ports.logRepair.buildRepaired(part, output, signal)).counts : noCounts;
  await takeAttributes(ports, files.log, files.rejected);
  await ports.files.rename(files.rejected.root, files.rejected.path, files.quarantine.path);
  await ports.files.syncFolder({ root: files.log.root, path: folderOf(files.log.path) });
  return late;
}

/** A log where there was none belongs to whoever owns its folder. */
async function takeAttributes(ports: Ports, from: Place | undefined, to: Place): Promise<void> {
  const facts = await ports.files.look(from ?? { ...to, path: folderOf(to.path) });
  if (facts !== undefined) await ports.files.setAttributes(to, from === undefined ? '0644' : facts.mode, facts);
}

async function sumOf(ports: Ports, place: Place, bytes: number, signal?: AbortSignal): Promise<Sum> {
  return { path: place.path, bytes, sha256: await ports.logRepair.readHash(place, bytes, signal) };
}

export async function readReceipt(ports: Ports, { receipt }: RepairFiles): Promise<RepairReceiptFile | undefined> {
  const text = await ports.files.readDocument(receipt);
  return text === undefined ? undefined : (JSON.parse(text) as RepairReceiptFile);
}

function figures({ receipt }: RepairFiles, { counts, late, unseen }: RepairReceiptFile): RepairReceipt {
  return {
    receipt: receipt.path,
    good: counts.good,
    salvaged: counts.salvaged,
    rejected: Object.values(counts.rejected).reduce((sum, count) => sum + count, 0),
    rejectedBytes: counts.rejectedBytes,
    lateBytes: late.reduce((sum, { bytes }) => sum + bytes, 0),
    findings: unseen
      ? [
          {
            en: 'Not every process could be looked into: the original was watched until it stood still.',
            ja: '一部のプロセスを確認できないため、元のログの書き込みが止まるまで監視しました。',
          },
        ]
      : [],
  };
}

const changed = (what: string) =>
  fail('plan-changed', {
    en: `${what} is no longer what the plan saw.`,
    ja: `${what} は計画時と異なります。`,
  });
