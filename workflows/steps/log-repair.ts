/** The verbs of a repair of the audit log, each with the sentence it leaves in the ledger. */
import type { AuditLogActivities, RepairReceipt } from '../../activities/audit-log/interface.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';

export function logRepair(r: Recovery) {
  const { target } = r;
  const on = r.on<AuditLogActivities>();

  return {
    /** Nothing is lost for good: the original stays, and what is rejected lies in quarantine. */
    repair: () =>
      r.change<RepairReceipt>('repair', {
        gate: 'log-quarantine',
        plan: () => on.patient.planLogRepair({ target, recovery: r.id }),
        apply: async (plan) => repaired(await on.patient.applyLogRepair({ target, plan: plan.ref, digest: plan.digest })),
        undo: (plan) => ({ activity: 'undoLogRepair', input: { target, plan: plan.ref } }),
      }),

    async verify({ plan }: Changed<RepairReceipt>): Promise<void> {
      r.lost(0);
      await r.verify('verify', () => on.patient.verifyLogRepair({ target, plan: plan.ref }));
    },
  };
}

const repaired = (receipt: RepairReceipt): Said<RepairReceipt> => ({
  value: receipt,
  sentence: repairedLines(receipt),
  evidence: { receipt: receipt.receipt },
});

function repairedLines({ good, salvaged, rejected, rejectedBytes, lateBytes, findings }: RepairReceipt): Text {
  const late =
    lateBytes === 0
      ? { en: '', ja: '' }
      : {
          en: ` ${lateBytes} bytes came meanwhile and were brought over.`,
          ja: `途中の追記 ${lateBytes} バイトも引き継ぎました。`,
        };
  const found = findings.map(({ en, ja }) => ({ en: ` ${en}`, ja }));
  return {
    en: `Kept ${good} lines byte for byte, saved ${salvaged} objects, put ${rejected} pieces (${rejectedBytes} bytes) into quarantine.${late.en}${found.map(({ en }) => en).join('')}`,
    ja: `${good} 行をそのまま残し、${salvaged} 件を救出し、${rejected} 件(${rejectedBytes} バイト)を隔離しました。${late.ja}${found.map(({ ja }) => ja).join('')}`,
  };
}
