/** The plan of a repair: what was found in the log, and which files it will leave. */
import { digestOf } from '../digest.ts';
import type { Plan } from '../recovery.ts';
import type { Text } from '../text.ts';
import { auditLog } from '../tool-store/layout.ts';
import type { MergeCounts } from './merge.ts';
import { rejectReasons, type RejectReason, type RepairCounts } from './repair-counts.ts';

/** A rejected piece, as people are shown it. */
export interface RepairSample {
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: RejectReason;
  readonly begins: string;
}

/** Names of what a repair leaves beside the log; `at` is the time of the log's last append. */
export interface RepairNames {
  /** The original, byte for byte. */
  readonly original: string;
  readonly quarantine: string;
  readonly receipt: string;
}

export interface RepairPlan {
  readonly version: 1;
  readonly target: string;
  readonly digest: string;
  /** Null where there is no log. */
  readonly inode: string | null;
  /** Bytes of whole lines that were judged. */
  readonly measured: number;
  /** Behind them, a last line without its newline. */
  readonly tail: { readonly bytes: number; readonly isObject: boolean };
  readonly counts: RepairCounts;
  readonly samples: readonly RepairSample[];
  readonly names: RepairNames;
  readonly needsPeople?: Text;
  /** Where the log comes back from a backup: what a merge with its whole lines would do. */
  readonly restore?: { readonly backup: string; readonly sha256: string; readonly merge: MergeCounts };
}

const logName = /([^/]*)\.jsonl$/;

export function repairNames(modifiedAt: string): RepairNames {
  const time = modifiedAt.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '');
  return {
    original: `${auditLog}.corrupted-${time}`,
    quarantine: auditLog.replace(logName, `$1.quarantine-${time}.jsonl`),
    receipt: auditLog.replace(logName, `$1.repair-${time}.json`),
  };
}

export function repairPlan(found: Omit<RepairPlan, 'version' | 'digest' | 'needsPeople'>, mostShare: number): RepairPlan {
  const share = shareOf(found);
  const body = {
    version: 1 as const,
    ...found,
    ...(share > mostShare ? { needsPeople: whyPeople(share, mostShare) } : {}),
  };
  return { ...body, digest: digestOf(body) };
}

/** Part of the log's bytes that would go to quarantine, 0..1. */
function shareOf({ counts, tail }: Pick<RepairPlan, 'counts' | 'tail'>): number {
  const total = counts.bytes + tail.bytes;
  return total === 0 ? 0 : (counts.rejectedBytes + (tail.isObject ? 0 : tail.bytes)) / total;
}

/** Lines that a repair would change. */
const damageOf = ({ counts, tail }: Pick<RepairPlan, 'counts' | 'tail'>): number =>
  counts.damaged + counts.blank + (tail.bytes > 0 ? 1 : 0);

/** What following the plan would change: lines, and the log itself where there is none. */
export function changesOf(plan: Pick<RepairPlan, 'counts' | 'tail' | 'restore' | 'inode'>): number {
  const { restore, inode } = plan;
  if (restore === undefined) return damageOf(plan);
  return damageOf(plan) + restore.merge.onlyBackup + restore.merge.disagree + (inode === null ? 1 : 0);
}

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;

const whyPeople = (share: number, most: number): Text => ({
  en: `${percent(share)} of the log would go to quarantine, more than ${percent(most)}.`,
  ja: `ログの ${percent(share)} が隔離対象で、上限 ${percent(most)} を超えます。`,
});

export function repairHead(plan: RepairPlan, ref: string): Plan {
  const { counts, names, samples } = plan;
  const items = damageOf(plan);
  const lines = counts.good + counts.salvaged;
  const added = [names.original, names.quarantine, names.receipt].map((path) => ({ action: 'add' as const, path }));
  return {
    summary: summarize(plan),
    digest: plan.digest,
    size: { items, bytes: counts.bytes + plan.tail.bytes, share: shareOf(plan) },
    counts: { add: items === 0 ? 0 : 3, overwrite: 0, keep: 1, remove: 0 },
    changes: [
      ...(items === 0 ? [] : added),
      {
        action: 'keep',
        path: auditLog,
        before: `${counts.lines} lines, ${items} damaged`,
        after: `${lines} lines`,
      },
      ...samples.slice(0, 10).map(({ line, reason, bytes, begins }) => ({
        action: 'keep' as const,
        path: `line ${line}`,
        before: `${reason}, ${bytes} bytes: ${readable(begins)}`,
      })),
    ],
    truncated: samples.length > 10,
    ref,
    ...(plan.needsPeople === undefined || items === 0 ? {} : { needsPeople: plan.needsPeople }),
  };
}

/** Of bytes as characters, those that can be shown. */
const readable = (bytes: string): string => bytes.replaceAll(/[^\x20-\x7e]/g, '·').slice(0, 60);

function summarize({ counts, tail }: RepairPlan): Text {
  if (damageOf({ counts, tail }) === 0) {
    return {
      en: `All ${counts.lines} lines are whole objects.`,
      ja: `${counts.lines} 行すべてが正常なオブジェクトです。`,
    };
  }
  const kinds = (Object.keys(rejectReasons) as RejectReason[]).filter((reason) => counts.rejected[reason] > 0);
  const of = (locale: keyof Text): string =>
    kinds.map((reason) => `${counts.rejected[reason]} ${rejectReasons[reason][locale]}`).join(', ');
  const list = kinds.length === 0 ? { en: '', ja: '' } : { en: ` (${of('en')})`, ja: `(${of('ja')})` };
  const last =
    tail.bytes === 0
      ? { en: '', ja: '' }
      : tail.isObject
        ? { en: ' The last line lacks its newline.', ja: '最終行に改行がありません。' }
        : { en: ' The last line is cut off.', ja: '最終行が途中で切れています。' };
  return {
    en: `${counts.damaged} of ${counts.lines} lines are damaged${list.en}, ${counts.blank} blank; ${counts.good} stay byte for byte, ${counts.salvaged} objects are saved, ${counts.rejectedBytes} bytes go to quarantine.${last.en}`,
    ja: `${counts.lines} 行中 ${counts.damaged} 行が損傷${list.ja}、空行 ${counts.blank}。${counts.good} 行はそのまま残し、${counts.salvaged} 件を救出、${counts.rejectedBytes} バイトを隔離します。${last.ja}`,
  };
}
