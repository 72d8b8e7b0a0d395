/** The verbs of a breach beside those of a tool-store recovery, each with the sentence it leaves in the ledger. */
import { z } from 'zod';
import type { BreachActivities } from '../../activities/breach/interface.ts';
import type { SetAsideActivities } from '../../activities/set-aside/interface.ts';
import type { SourceCodeActivities } from '../../activities/source-code/interface.ts';
import type { ToolStoreActivities } from '../../activities/tool-store/interface.ts';
import { judgementInput } from '../../contracts/inputs/security-breach.ts';
import type { EvidenceReceipt, Judgement, TrustedTools } from '../../domain/breach/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { MoveReceipt } from '../../domain/set-aside/move-plan.ts';
import type { SourcesReceipt } from '../../domain/source-code/words.ts';
import type { Text } from '../../domain/text.ts';
import type { ChosenBackup } from '../../domain/tool-store/words.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';

type Isolated = Changed<MoveReceipt, Judgement>;
const codeInput = z.strictObject({ code: z.enum(['restore', 'leave']) });
type CodeInput = z.infer<typeof codeInput>;

export function breach(r: Recovery) {
  const { target } = r;
  const on = r.on<BreachActivities & SetAsideActivities & SourceCodeActivities & ToolStoreActivities>();
  const about = (judgement: Judgement) => ({
    ...{ target, recovery: r.id, brokenSince: r.brokenSince },
    ...{ tools: judgement.tools, trusted: judgement.trusted },
  });

  return {
    /** Before anything is touched. It is kept whatever becomes of this recovery: there is no undo. */
    preserveEvidence: () =>
      r.act<EvidenceReceipt | undefined>('preserve evidence', {
        would: {
          en: 'Would copy tools, logs and code, hashed and read-only.',
          ja: 'ツール・ログ・コードを照合のうえ読み取り専用で保全する予定。',
        },
        dry: undefined,
        act: async () => {
          const receipt = await on.patient.preserveEvidence({ target, recovery: r.id });
          return { value: receipt, sentence: preserved(receipt), evidence: { ref: receipt.ref, digest: receipt.digest } };
        },
      }),

    examine: (judgement: Judgement) =>
      r.step('examine', async (): Promise<Said<void>> => {
        const { ref, digest, suspicious, findings, sentence } = await on.patient.examineBreach(about(judgement));
        return { value: undefined, sentence, evidence: { ref, digest, suspicious, findings: findings.map(({ id }) => id) } };
      }),

    /** Examines again for the plan: what came since the look is in it too. */
    quarantine: (judgement: Judgement): Promise<Isolated> =>
      r.change<MoveReceipt, Judgement>('quarantine', {
        gate: 'quarantine',
        nothing: { en: 'No tool is suspicious.', ja: '疑わしいツールはありません。' },
        plan: (input) => on.patient.planQuarantine(about(input)),
        apply: async (plan) => isolatedTools(await on.patient.applySetAside(named(target, plan))),
        undo: (plan) => ({ activity: 'undoSetAside', input: { target, plan: plan.ref } }),
        amend: { input: { tools: judgement.tools, trusted: judgement.trusted }, schema: judgementInput },
      }),

    investigate: () => r.checklist('investigate', investigation),

    judgeBackup: ({ backup }: ChosenBackup, { input }: Isolated): Promise<readonly string[]> =>
      r.step('judge backup', async () => {
        const { brokenSince } = r;
        const trusted = await on.patient.judgeBackup({ target, backup: backup.id, brokenSince, ...input });
        return { value: trusted.tools, sentence: judged(backup.id, trusted), evidence: { leftOut: trusted.leftOut } };
      }),

    async restoreCode(code: CodeInput['code']): Promise<CodeInput['code']> {
      const { input } = await r.change<SourcesReceipt, CodeInput>('restore code', {
        gate: 'code',
        plan: (wanted) =>
          wanted.code === 'leave'
            ? Promise.resolve(nothingToDo)
            : on.patient.planSources({ target, recovery: r.id, extras: 'move-out' }),
        apply: async (plan) => broughtCode(await on.patient.applySources(named(target, plan))),
        undo: (plan) => ({ activity: 'undoSources', input: { target, plan: plan.ref } }),
        amend: { input: { code }, schema: codeInput },
      });
      return input.code;
    },

    verify: (done: {
      readonly restored: Changed<unknown, unknown>;
      readonly isolated: Isolated;
      readonly chosen: ChosenBackup;
      readonly code: CodeInput['code'];
    }) =>
      r.verify('verify', async () => {
        const { restored, isolated, chosen, code } = done;
        const quarantine = isolated.receipt === undefined ? undefined : isolated.plan.ref;
        const answers = await Promise.all([
          on.patient.verifyRestoredTools({ target, plan: restored.plan.ref }),
          on.patient.runCriticalTools({ target }),
          on.patient.verifyBreach({ ...about(isolated.input), backup: chosen.backup.id, quarantine, code }),
        ]);
        return answers.flat();
      }),
  };
}

const named = (target: string, { ref, digest }: Plan) => ({ target, plan: ref, digest });

const investigation = [
  { id: 'investigated', title: { en: 'How they came in is known, and closed.', ja: '侵入経路を特定し、塞ぎました。' } },
  {
    id: 'credentials',
    title: { en: 'Credentials that they may have seen are revoked.', ja: '漏えいの恐れがある認証情報を失効させました。' },
  },
  { id: 'contact', title: { en: 'The security contact was told.', ja: 'セキュリティ担当者へ連絡しました。' } },
];

const nothingToDo: Plan = {
  summary: { en: 'The code is left as it is, as asked.', ja: '指示によりコードはそのままにします。' },
  digest: '',
  size: { items: 0, bytes: 0, share: 0 },
  counts: { add: 0, overwrite: 0, keep: 0, remove: 0 },
  changes: [],
  truncated: false,
  ref: '',
};

const preserved = ({ files, bytes, ref }: EvidenceReceipt): Text => ({
  en: `Preserved ${files} file(s), ${bytes} bytes, hashed and read-only, in ${ref}.`,
  ja: `${files} ファイル(${bytes} バイト)を照合のうえ読み取り専用で ${ref} に保全しました。`,
});
const isolatedTools = (receipt: MoveReceipt): Said<MoveReceipt> => ({
  value: receipt,
  sentence: {
    en: `Isolated ${receipt.moved} file(s), ${receipt.already} were there already.`,
    ja: `${receipt.moved} ファイルを隔離し、${receipt.already} は既に隔離済みです。`,
  },
});
const broughtCode = (receipt: SourcesReceipt): Said<SourcesReceipt> => ({
  value: receipt,
  sentence: {
    en: `Brought ${receipt.written} file(s) from git, moved out ${receipt.movedOut}, ${receipt.already} were right already.`,
    ja: `git から ${receipt.written} ファイルを取得し、${receipt.movedOut} を退避、${receipt.already} は既に一致。`,
  },
});
function judged(backup: string, { tools, leftOut, why: reasons }: TrustedTools): Text {
  const names = reasons.slice(0, 5).map(({ name }) => name);
  const why = reasons[0]?.reasons[0];
  return {
    en: `${tools.length} tools of ${backup} may come back${leftOut > 0 ? `, ${leftOut} not (${names.join(', ')}): ${why?.en ?? ''}` : '.'}`,
    ja: `${backup} のうち ${tools.length} 件を戻せます${leftOut > 0 ? `。除外 ${leftOut} 件(${names.join('、')}): ${why?.ja ?? ''}` : '。'}`,
  };
}
