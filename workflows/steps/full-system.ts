/** The verbs of a full system recovery, each with the sentence it leaves in the ledger. */
import type { FullSystemActivities } from '../../activities/full-system/interface.ts';
import type { SourceCodeActivities } from '../../activities/source-code/interface.ts';
import type { ToolStoreActivities } from '../../activities/tool-store/interface.ts';
import type { Backup } from '../../domain/backup.ts';
import type { SourcesReceipt } from '../../domain/source-code/words.ts';
import type { Text } from '../../domain/text.ts';
import type { ChosenBackup, ToolStoreFacts } from '../../domain/tool-store/words.ts';
import type { Check } from '../../domain/verification.ts';
import type { Recovery } from '../kit/words.ts';

export function fullSystem(r: Recovery) {
  const { target } = r;
  const on = r.on<FullSystemActivities & ToolStoreActivities & SourceCodeActivities>();
  const { agent } = r.facts<ToolStoreFacts>();

  return {
    /** Folders and agent; nothing is asked unless an installed agent is replaced. */
    prepare: () =>
      r.change<{ folders: number; installed: string }>('prepare', {
        gate: 'environment',
        plan: () => on.patient.planEnvironment({ target, recovery: r.id }),
        apply: async (plan) => {
          const made = await on.patient.applyEnvironment({ target, plan: plan.ref, digest: plan.digest });
          return { value: made, sentence: prepared(made) };
        },
        undo: (plan) => ({ activity: 'undoEnvironment', input: { target, plan: plan.ref } }),
      }),

    verifyEnvironment: () => r.verify('verify environment', () => on.patient.checkEnvironment({ target })),

    /** Remembers the choice for the later phases, and tests every copy here and now, wherever it was tested before. */
    async proveBackup({ backup: { id: backup }, rpoMs }: ChosenBackup, system: string): Promise<void> {
      await r.step<void>('remember backup', async () => {
        await on.quick.noteBackup({ target, system, backup, rpoMs });
        return { value: undefined, sentence: goesBy(backup) };
      });
      await r.verify('verify backup', async () => [restoreTest(await on.patient.testToolStoreBackup({ target, backup }))]);
    },

    /** Where the backup comes from is decided in phase two, maybe by people. */
    async notedBackup(): Promise<string> {
      const { backup, rpoMs } = await r.step('note backup', async () => {
        const noted = await on.quick.notedBackup({ target, system: r.id });
        return { value: noted, sentence: goesBy(noted.backup), evidence: noted };
      });
      r.lost(rpoMs);
      return backup;
    },

    /** Only a dry run can find nothing: what would be made is not there yet. */
    isPlaceThere: () =>
      r.step('look at the place', async () => {
        const there = await on.quick.isPlaceThere({ target });
        return { value: there, sentence: there ? placeThere : placeMissing };
      }),

    bringSources: () =>
      r.change<SourcesReceipt>('bring extensions and libraries', {
        gate: 'sources',
        nothing: {
          en: 'Extensions and libraries are as their sources have them.',
          ja: '拡張機能とライブラリはソースと一致しています。',
        },
        plan: () => on.patient.planSources({ target, recovery: r.id, extras: 'keep' }),
        apply: async (plan) => {
          const receipt = await on.patient.applySources({ target, plan: plan.ref, digest: plan.digest });
          return { value: receipt, sentence: broughtSources(receipt) };
        },
        undo: (plan) => ({ activity: 'undoSources', input: { target, plan: plan.ref } }),
      }),

    verifyData: (plan: string) =>
      r.verify('verify data', async () => {
        const [tools, code] = await Promise.all([
          on.patient.verifyRestoredTools({ target, plan }),
          on.patient.compareSources({ target }),
        ]);
        return [...tools, ...code.map(asInSource)];
      }),

    /** The agent is up, and wrote nothing back over what was restored. */
    async checkRunning(backup: string): Promise<readonly Check[]> {
      const [running, again] = await Promise.all([
        agent === 'declared' ? on.patient.isAgentRunning({ target }) : true,
        on.patient.planRestore({ target, recovery: r.id, backup }),
      ]);
      return [agentRuns(running), nothingWrittenBack(again.size.items)];
    },
  };
}

const restoreTest = ({ id, verifiedAt, failure, repositories }: Backup): Check => {
  const ok = verifiedAt !== undefined && failure === undefined;
  return {
    id: 'restore-test',
    ok,
    sentence: ok
      ? {
          en: `${id} was restored and checked (${repositories.join(', ')}).`,
          ja: `${id} の復元試験に合格(${repositories.join('、')})。`,
        }
      : { en: `${id} failed its restore test: ${failure ?? ''}`, ja: `${id} は復元試験に不合格: ${failure ?? ''}` },
  };
};
const asInSource = ({ path, counts, fault }: { path: string; counts: Record<string, number>; fault?: Text }): Check => {
  const ok = fault === undefined && counts['missing'] === 0 && counts['differing'] === 0;
  const differs = { en: `${path} differs from its source.`, ja: `${path} がソースと異なります。` };
  return {
    id: `source:${path}`,
    ok,
    sentence: ok ? { en: `${path} is as its source has it.`, ja: `${path} はソースと一致。` } : (fault ?? differs),
  };
};
const agentRuns = (ok: boolean): Check => ({
  id: 'agent',
  ok,
  sentence: ok
    ? { en: 'The agent runs, or none is declared.', ja: 'エージェントは動作中(または宣言なし)。' }
    : { en: 'The agent does not run.', ja: 'エージェントが動いていません。' },
});
const nothingWrittenBack = (items: number): Check => ({
  id: 'write-backs',
  ok: items === 0,
  sentence:
    items === 0
      ? { en: 'Nothing differs from the backup.', ja: 'バックアップとの差はありません。' }
      : { en: `${items} file(s) differ from the backup again.`, ja: `${items} ファイルが再びバックアップと異なります。` },
});
const prepared = ({ folders, installed }: { folders: number; installed: string }): Text => ({
  en: `Made ${folders} folder(s).${installed && ` Installed ${installed}.`}`,
  ja: `フォルダー ${folders} 件を作成。${installed && `${installed} を導入。`}`,
});
const goesBy = (backup: string): Text => ({ en: `Everything comes from ${backup}.`, ja: `${backup} から復元します。` });
const placeThere: Text = { en: 'The folder of the store is there.', ja: 'ストアのフォルダーがあります。' };
const placeMissing: Text = {
  en: 'The folder of the store is not there yet; everything of the backup would be brought.',
  ja: 'ストアのフォルダーはまだありません。バックアップ全体を復元する予定です。',
};
const broughtSources = ({ written, already }: SourcesReceipt): Text => ({
  en: `Wrote ${written} file(s) of extensions and libraries, ${already} were there already.`,
  ja: `拡張機能・ライブラリ ${written} ファイルを書き、${already} は既にありました。`,
});
