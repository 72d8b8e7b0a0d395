/** The verbs of a restore of the audit log, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { AuditLogActivities, RepairReceipt } from '../../activities/audit-log/interface.ts';
import type { ToolStoreActivities } from '../../activities/tool-store/interface.ts';
import { auditLogRestoreInput } from '../../contracts/inputs/audit-log.ts';
import { digestOf } from '../../domain/digest.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { ChosenBackup } from '../../domain/tool-store/words.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';

type BackupInput = z.infer<typeof auditLogRestoreInput>;

export function logRestore(r: Recovery) {
  const { target } = r;
  const on = r.on<AuditLogActivities & ToolStoreActivities>();

  return {
    /** The newest verified backup; a suspect one only with people's consent. */
    async chooseBackup(named: string | undefined): Promise<ChosenBackup> {
      const chosen = await r.step(
        'choose backup',
        async ({ backup }: BackupInput): Promise<Said<ChosenBackup>> => {
          const found = await on.patient.chooseBackup({ target, backup, brokenSince: r.brokenSince });
          return { value: found, sentence: found.why, evidence: { backup: found.backup.id, rpoMs: found.rpoMs } };
        },
        { amend: { input: named === undefined ? {} : { backup: named }, schema: auditLogRestoreInput } },
      );
      r.lost(chosen.rpoMs);
      if (chosen.suspect) await r.consent('use suspect backup', 'suspect-backup', suspectPlan(chosen));
      return chosen;
    },

    restore: ({ backup }: ChosenBackup) =>
      r.change<RepairReceipt>('restore log', {
        gate: 'log-quarantine',
        nothing: { en: 'The live log has every line of the backup.', ja: '現在のログにバックアップの全行があります。' },
        plan: () => on.patient.planLogRestore({ target, recovery: r.id, backup: backup.id }),
        apply: async (plan) => restored(plan, await on.patient.applyLogRepair({ target, plan: plan.ref, digest: plan.digest })),
        undo: (plan) => ({ activity: 'undoLogRepair', input: { target, plan: plan.ref } }),
      }),

    async verify({ plan }: Changed<RepairReceipt>): Promise<void> {
      await r.verify('verify', () => on.patient.verifyLogRepair({ target, plan: plan.ref }));
    },
  };
}

const restored = ({ summary }: Plan, receipt: RepairReceipt): Said<RepairReceipt> => {
  const { rejected, lateBytes } = receipt;
  const sentence: Text = {
    en: `${summary.en} Done; ${rejected} pieces in quarantine, ${lateBytes} bytes that came meanwhile were brought over.`,
    ja: `${summary.ja}完了。隔離 ${rejected} 件、途中の追記 ${lateBytes} バイトを引き継ぎました。`,
  };
  return { value: receipt, sentence, evidence: { receipt: receipt.receipt } };
};

/** Shows a doubtful choice as a plan that people can consent to; nothing is changed by it. */
const suspectPlan = ({ backup, alternatives, why }: ChosenBackup): Plan => ({
  summary: why,
  digest: digestOf({ chosen: backup, alternatives }),
  size: { items: 1, bytes: backup.bytes, share: 1 },
  counts: { add: 0, overwrite: 0, keep: alternatives.length, remove: 0 },
  changes: [
    { action: 'add', path: backup.id, after: `${backup.status}, ${backup.startedAt}` },
    ...alternatives.map((other) => ({ action: 'keep' as const, path: other.id, before: `${other.status}, ${other.startedAt}` })),
  ],
  truncated: false,
  ref: '',
});
