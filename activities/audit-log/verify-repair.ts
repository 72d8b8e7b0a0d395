/** A second look at a repaired log, from disk alone: sums, counts, every line. Changes nothing. */
import type { RepairPlan } from '../../domain/audit-log/repair-plan.ts';
import { changesOf } from '../../domain/audit-log/repair-plan.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import { readReceipt, type RepairReceiptFile } from './apply-repair.ts';
import { lastLineEnd, readRepairPlan } from './plan-repair.ts';
import { repairFiles, type RepairFiles } from './repair-files.ts';

export async function verifyLogRepair(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const plan = await readRepairPlan(ports, input.plan, target.id);
  const files = repairFiles(ports, target, plan);
  return withinTarget(target, async () => [
    await everyLine(ports, files, signal),
    ...(changesOf(plan) === 0 ? [] : await receiptChecks(ports, files, plan, signal)),
  ]);
}

/** What is behind the last newline is a line that is just being written. */
async function everyLine(ports: Ports, { log }: RepairFiles, signal?: AbortSignal): Promise<Check> {
  const now = await ports.logs.lookAt(log);
  if (now === undefined) {
    return { id: 'log-lines', ok: false, sentence: { en: 'The log is missing.', ja: 'ログがありません。' } };
  }
  const to = await lastLineEnd(ports, log, now.bytes);
  const { counts } = await ports.logRepair.scanLog({ place: log, from: 0, to, firstLine: 1 }, signal);
  const ok = counts.good === counts.lines;
  return {
    id: 'log-lines',
    ok,
    sentence: ok
      ? { en: `All ${counts.lines} lines of the log are objects.`, ja: `ログ ${counts.lines} 行すべてがオブジェクトです。` }
      : {
          en: `${counts.lines - counts.good} of ${counts.lines} lines of the log are damaged.`,
          ja: `ログ ${counts.lines} 行中 ${counts.lines - counts.good} 行が損傷しています。`,
        },
    evidence: { lines: counts.lines },
  };
}

async function receiptChecks(ports: Ports, files: RepairFiles, plan: RepairPlan, signal?: AbortSignal): Promise<Check[]> {
  const receipt = await readReceipt(ports, files);
  if (receipt === undefined || receipt.plan !== plan.digest) {
    return [
      { id: 'receipt', ok: false, sentence: { en: 'There is no receipt of this repair.', ja: '修復の受領書がありません。' } },
    ];
  }
  const { original, repaired, quarantine } = receipt;
  const sums = await Promise.all(
    [...(original === null ? [] : [original]), repaired, quarantine].map(async ({ path, bytes, sha256 }) => {
      const found = await ports.logRepair.readHash({ root: files.log.root, path }, bytes, signal).catch(() => 'unreadable');
      return { path, ok: found === sha256 };
    }),
  );
  const wrong = sums.filter(({ ok }) => !ok).map(({ path }) => path);
  const pieces = Object.values(receipt.counts.rejected).reduce((sum, count) => sum + count, 0);
  return [
    {
      id: 'sums',
      ok: wrong.length === 0,
      sentence:
        wrong.length === 0
          ? {
              en: 'Original, log and quarantine hash as the receipt says.',
              ja: '元のログ・新しいログ・隔離ファイルのハッシュは受領書と一致します。',
            }
          : { en: `Not as the receipt says: ${wrong.join(', ')}.`, ja: `受領書と一致しません: ${wrong.join('、')}。` },
    },
    bytesCheck(receipt, pieces),
  ];
}

function bytesCheck({ counts, complete }: RepairReceiptFile, pieces: number): Check {
  const { bytes, keptBytes, rejectedBytes, separatorBytes } = counts;
  return {
    id: 'bytes',
    ok: complete && bytes === keptBytes + rejectedBytes + separatorBytes,
    sentence: {
      en: `${bytes} bytes: ${keptBytes} in the log, ${rejectedBytes} in quarantine (${pieces} pieces), ${separatorBytes} separators.`,
      ja: `${bytes} バイト: ログ ${keptBytes}、隔離 ${rejectedBytes}(${pieces} 件)、区切り ${separatorBytes}。`,
    },
    evidence: { bytes, keptBytes, rejectedBytes, separatorBytes },
  };
}
