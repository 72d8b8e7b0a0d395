/** The head of a plan that brings the log back from a backup, for people. */
import type { Plan } from '../recovery.ts';
import type { Text } from '../text.ts';
import { auditLog } from '../tool-store/layout.ts';
import { changesOf, repairHead, type RepairPlan } from './repair-plan.ts';

type RestorePart = NonNullable<RepairPlan['restore']>;

export function restoreHead(plan: RepairPlan & { readonly restore: RestorePart }, ref: string): Plan {
  const { merge } = plan.restore;
  const head = repairHead(plan, ref);
  const items = changesOf(plan);
  const total = Math.max(1, merge.lines + merge.disagree);
  const needsPeople = plan.needsPeople ?? (merge.disagree > 0 ? whyPeople(merge.disagree) : undefined);
  const { original, quarantine, receipt } = plan.names;
  const added = [...(plan.inode === null ? [auditLog] : [original]), quarantine, receipt];
  return {
    ...head,
    summary: summarize(plan, head.summary),
    size: { items, bytes: merge.keptBytes, share: Math.min(1, items / total) },
    counts: { add: items === 0 ? 0 : added.length, overwrite: 0, keep: 1, remove: 0 },
    changes: [
      ...(items === 0 ? [] : added.map((path) => ({ action: 'add' as const, path }))),
      {
        action: 'keep',
        path: auditLog,
        before: `${merge.onlyLive + merge.both + merge.disagree} whole lines`,
        after: `${merge.lines} lines`,
      },
    ],
    truncated: false,
    ...(needsPeople === undefined || items === 0 ? {} : { needsPeople }),
  };
}

const whyPeople = (count: number): Text => ({
  en: `${count} lines differ from the backup's under the same id.`,
  ja: `${count} 行が、同じ ID のバックアップの行と異なります。`,
});

function summarize({ restore: { backup, merge }, inode }: RepairPlan & { readonly restore: RestorePart }, damage: Text): Text {
  const live =
    inode === null
      ? { en: 'There is no log.', ja: 'ログがありません。' }
      : { en: `Live: ${damage.en}`, ja: `現在のログ: ${damage.ja}` };
  return {
    en: `From ${backup}: ${merge.onlyBackup} lines come back, ${merge.both} are in both, ${merge.onlyLive} only in the live log, ${merge.disagree} disagree. ${live.en}`,
    ja: `${backup} から ${merge.onlyBackup} 行を戻します。両方にある行 ${merge.both}、現在のログのみ ${merge.onlyLive}、不一致 ${merge.disagree}。${live.ja}`,
  };
}
