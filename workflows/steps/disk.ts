/** The verbs against a full disk, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { BackupKeepingActivities } from '../../activities/backup-keeping/interface.ts';
import type { DiskActivities } from '../../activities/disk/interface.ts';
import { diskExhaustionInput } from '../../contracts/inputs/disk-exhaustion.ts';
import { agreedPlan } from '../../domain/disk/agreed-plan.ts';
import { size } from '../../domain/sizes.ts';
import type { ArchiveReceipt, DiskUse, LeastUsed } from '../../domain/disk/words.ts';
import type { PruneReceipt } from '../../domain/prune-plan.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';

const archiveInput = diskExhaustionInput.pick({ olderThanDays: true, archive: true });

type Wanted = z.infer<typeof diskExhaustionInput>;
type Archiving = z.infer<typeof archiveInput>;
type Archived = Changed<ArchiveReceipt, Archiving>;

export function diskOf(r: Recovery) {
  const { target } = r;
  const on = r.on<DiskActivities & BackupKeepingActivities>();

  return {
    /** The runbook's `df` and `du`. */
    look: () =>
      r.step('look at the disk', async (): Promise<Said<DiskUse>> => {
        const use = await on.patient.lookAtDisk({ target });
        return { value: use, sentence: usedBy(use), evidence: { fileSystems: use.fileSystems, folders: use.folders } };
      }),

    /** A report; to remove a tool is a person's decision, by other means. */
    listLeastUsed: () =>
      r.step<void>('least used tools', async () => {
        const found = await on.patient.listLeastUsedTools({ target });
        return { value: undefined, sentence: leastUsed(found), evidence: { tools: found.tools } };
      }),

    /** What killed attempts of ours left in the target: the first room, before any is needed. */
    removeLeftovers: () =>
      r.act<void>('remove leftovers', {
        would: { en: 'Would remove our own unfinished files.', ja: '作業中ファイルの残りを削除する予定。' },
        dry: undefined,
        act: async () => tidied(await on.patient.removeOwnLeftovers({ target })),
      }),

    /** Asked before anything is applied: refused, nothing has changed. */
    async agreeToPrune({ prune }: Wanted): Promise<Plan | undefined> {
      if (!prune) return undefined;
      const plan = await r.step('plan pruning', async (): Promise<Said<Plan>> => {
        const found = await on.patient.planToolStorePrune({ target, recovery: r.id });
        return { value: found, sentence: found.summary, evidence: { ref: found.ref, counts: found.counts } };
      });
      if (plan.size.items === 0) return undefined;
      await r.consent('agree to prune', 'prune', agreedPlan(plan));
      return plan;
    },

    archive: ({ olderThanDays, archive }: Wanted) =>
      r.change<ArchiveReceipt, Archiving>('archive old lines', {
        gate: 'archive',
        plan: async (input) =>
          input.archive ? on.patient.planArchive({ target, recovery: r.id, olderThanDays: input.olderThanDays }) : notWanted,
        apply: async (plan) => archived(await on.patient.applyArchive({ target, plan: plan.ref, digest: plan.digest })),
        undo: (plan) => ({ activity: 'undoArchive', input: { target, plan: plan.ref } }),
        amend: { input: { olderThanDays, archive }, schema: archiveInput },
      }),

    /** There is no way back from it, so that it comes last. */
    async prune(plan: Plan | undefined): Promise<void> {
      if (plan === undefined) return;
      // A step of its own: whoever cancelled while lines were archived is heard here, for the last time.
      await r.act<void>('point of no return', {
        would: {
          en: 'Would remove the backups that were agreed to, as the last thing.',
          ja: '最後に、合意済みのバックアップを削除する予定。',
        },
        dry: undefined,
        act: () => Promise.resolve({ value: undefined, sentence: backupsGo }),
      });
      await r.pointOfNoReturn(backupsGo);
      await r.act<void>('prune backups', {
        would: { en: 'Would remove the backups.', ja: 'バックアップを削除する予定。' },
        dry: undefined,
        act: async () => pruned(await on.patient.applyToolStorePrune({ target, plan: plan.ref, digest: plan.digest })),
      });
    },

    verify: ({ freeBytes }: DiskUse, { plan, receipt }: Archived) =>
      r.verify('verify', () =>
        on.patient.verifyDisk({ target, freeBefore: freeBytes, ...(receipt !== undefined && { plan: plan.ref }) }),
      ),
  };
}

/** People chose to leave the log alone. */
const notWanted: Plan = {
  summary: { en: 'The log is left as it is.', ja: 'ログはそのままにします。' },
  digest: '0'.repeat(64),
  size: { items: 0, bytes: 0, share: 0 },
  counts: { add: 0, overwrite: 0, keep: 0, remove: 0 },
  changes: [],
  truncated: false,
  ref: '',
};

const backupsGo: Text = {
  en: 'From here on backups are removed: there is no way back.',
  ja: 'ここからバックアップを削除します。後戻りできません。',
};

function usedBy({ freeBytes, totalBytes, folders }: DiskUse): Text {
  const largest = folders.slice(0, 4).map(({ path, bytes }) => `${path} ${size(bytes)}`);
  return {
    en: `${size(freeBytes)} of ${size(totalBytes)} are free. Most is in: ${largest.join(', ')}.`,
    ja: `空き ${size(freeBytes)}(全体 ${size(totalBytes)})。使用量の多い順: ${largest.join('、')}。`,
  };
}

function leastUsed({ tools, uncounted }: LeastUsed): Text {
  if (uncounted) return { en: 'There is no log to count use from.', ja: '使用回数を数えるログがありません。' };
  const few = tools.slice(0, 5).map(({ tool, runs }) => `${tool} (${runs})`);
  return {
    en: `Least used: ${few.join(', ') || 'no tool'}. None is removed.`,
    ja: `使用頻度の低いツール: ${few.join('、') || 'なし'}。削除はしません。`,
  };
}

const tidied = ({ removed, bytes }: { removed: number; bytes: number }): Said<void> => ({
  value: undefined,
  sentence: {
    en: `Removed ${removed} unfinished files of our own (${size(bytes)}).`,
    ja: `作業中ファイルの残り ${removed} 件(${size(bytes)})を削除しました。`,
  },
});

function archived(receipt: ArchiveReceipt): Said<ArchiveReceipt> {
  const { archive, lines, bytes, packedBytes, detour } = receipt;
  const round = detour
    ? { en: ' There was no room, so it went by way of the data folder.', ja: '空きがないためデータフォルダーを経由しました。' }
    : { en: '', ja: '' };
  return {
    value: receipt,
    sentence: {
      en: `${lines} lines (${size(bytes)}) are in ${archive} (${size(packedBytes)}), compared before they left the log.${round.en}`,
      ja: `${lines} 行(${size(bytes)})を照合のうえ ${archive}(${size(packedBytes)})へ移しました。${round.ja}`,
    },
    evidence: { archive, lines, bytes, packedBytes },
  };
}

function pruned({ removed, already, bytes, spared }: PruneReceipt): Said<void> {
  const kept =
    spared.length === 0 ? { en: '', ja: '' } : { en: ` ${spared.length} were spared.`, ja: `${spared.length} 件は維持。` };
  return {
    value: undefined,
    sentence: {
      en: `Removed ${removed} backups (${size(bytes)}), ${already} were gone already.${kept.en}`,
      ja: `バックアップ ${removed} 件(${size(bytes)})を削除しました。削除済み ${already} 件。${kept.ja}`,
    },
    evidence: { removed, already, bytes, spared: spared.map(({ id }) => id) },
  };
}
