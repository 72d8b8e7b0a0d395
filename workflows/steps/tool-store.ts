/** The verbs of a tool-store recovery, each with the sentence it leaves in the ledger. */
import { z } from 'zod';
import type { UndoCall } from '../../activities/kernel-interface.ts';
import type { ToolStoreActivities } from '../../activities/tool-store/interface.ts';
import { backupIdText } from '../../contracts/inputs/start.ts';
import { toolRestoreInput } from '../../contracts/inputs/tool-restore.ts';
import type { Plan } from '../../domain/recovery.ts';
import { digestOf } from '../../domain/digest.ts';
import type { Text } from '../../domain/text.ts';
import type { ChosenBackup, ProtectReceipt, RestoreReceipt, ToolStoreFacts } from '../../domain/tool-store/words.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';

const backupInput = z.strictObject({ backup: backupIdText.optional() });
const toolsInput = z.strictObject({ tools: toolRestoreInput.shape.tools.optional() });

/** What to bring back, from where, and where the copy of what was there is kept (absent in a dry run). */
interface Source {
  readonly chosen: { readonly backup: { readonly id: string } };
  readonly saved: ProtectReceipt | undefined;
  readonly tools?: readonly string[] | undefined;
}

type Tools = z.infer<typeof toolsInput>;
type Restored = Changed<RestoreReceipt, Tools>;

export function toolStore(r: Recovery) {
  const { target } = r;
  const on = r.on<ToolStoreActivities>();
  const { agent } = r.facts<ToolStoreFacts>();

  /** What a plan overwrites is copied as that plan saw it: the first copy may be older than the plan. */
  const copyFor = (plan: Plan, saved: ProtectReceipt): { recovery: string; ref: string } => {
    const name = plan.digest.slice(0, 12);
    return { recovery: `${r.id}.${name}`, ref: `${saved.ref}.${name}` };
  };
  const overwrites = ({ counts }: Plan): boolean => counts.overwrite + counts.remove > 0;
  const protectedAs = (plan: Plan, saved: ProtectReceipt): string => (overwrites(plan) ? copyFor(plan, saved).ref : saved.ref);
  const bring = async (plan: Plan, saved: ProtectReceipt): Promise<Said<RestoreReceipt>> => {
    if (overwrites(plan)) await on.patient.protectToolStore({ target, recovery: copyFor(plan, saved).recovery });
    const input = { target, plan: plan.ref, digest: plan.digest, protectedAs: protectedAs(plan, saved) };
    return brought(await on.patient.applyRestore(input));
  };
  const takeBack = (plan: Plan, saved: ProtectReceipt): UndoCall => ({
    activity: 'undoRestore',
    input: { target, plan: plan.ref, protectedAs: protectedAs(plan, saved) },
  });

  return {
    /** The agent serves its old memory and writes it back: it must not run while files are brought. */
    async stopAgent(): Promise<void> {
      if (agent === 'none') return;
      if (agent === 'undeclared') return r.checklist('stop agent', [stopItem(target)]);
      await r.act<void>('stop agent', {
        would: { en: 'Would stop the agent.', ja: 'エージェントを停止する予定。' },
        dry: undefined,
        act: async () => said((await on.patient.stopAgent({ target })).wasRunning, agentStopped),
        // Only an agent that this recovery stopped is started again on the way back.
        undo: async () =>
          (await on.patient.isAgentRunning({ target })) ? { activity: 'startAgent', input: { target } } : undefined,
        skip: { value: undefined },
      });
    },

    /** Copies what is left, outside the target, before anything is touched. */
    protect: () =>
      r.act<ProtectReceipt | undefined>('protect', {
        would: { en: 'Would copy what is left.', ja: '残っている物を複製する予定。' },
        dry: undefined,
        act: async () => {
          const receipt = await on.patient.protectToolStore({ target, recovery: r.id });
          return { value: receipt, sentence: protectedCopy(receipt), evidence: { ref: receipt.ref, digest: receipt.digest } };
        },
      }),

    /** The newest verified backup from before the damage; a suspect one only with people's consent. */
    async chooseBackup(named: string | undefined): Promise<ChosenBackup> {
      const chosen = await r.step(
        'choose backup',
        async ({ backup }: z.infer<typeof backupInput>): Promise<Said<ChosenBackup>> => {
          const found = await on.patient.chooseBackup({ target, backup, brokenSince: r.brokenSince });
          return { value: found, sentence: found.why, evidence: { backup: found.backup.id, rpoMs: found.rpoMs } };
        },
        { amend: { input: named === undefined ? {} : { backup: named }, schema: backupInput } },
      );
      r.lost(chosen.rpoMs);
      if (chosen.suspect) await r.consent('use suspect backup', 'suspect-backup', suspectPlan(chosen));
      return chosen;
    },

    restore: ({ chosen, saved, tools }: Source) =>
      r.change<RestoreReceipt, Tools>('restore', {
        gate: 'restore',
        plan: (input) => on.patient.planRestore({ target, recovery: r.id, backup: chosen.backup.id, tools: input.tools }),
        apply: (plan) => bring(plan, saved!),
        undo: (plan) => takeBack(plan, saved!),
        amend: { input: { tools: tools && [...tools] }, schema: toolsInput },
      }),

    async startAgent(): Promise<void> {
      if (agent === 'none') return;
      if (agent === 'undeclared') return r.checklist('start agent', [startItem(target)]);
      await r.act<void>('start agent', {
        would: { en: 'Would start the agent.', ja: 'エージェントを起動する予定。' },
        dry: undefined,
        act: async () => said((await on.patient.startAgent({ target })).wasRunning, agentStarted),
        // Files must not be taken back under an agent that runs.
        undo: () => Promise.resolve({ activity: 'stopAgent', input: { target } }),
        skip: { value: undefined },
      });
    },

    /** An agent that was still alive may have written its old memory back: whatever differs again is shown and restored again. */
    async lookForWriteBacks({ chosen, saved }: Source, { input }: Restored): Promise<void> {
      if (saved === undefined) return;
      await r.change<RestoreReceipt>('look for write-backs', {
        gate: 'restore',
        nothing: { en: 'Nothing was written back.', ja: '書き戻しはありません。' },
        plan: () => on.patient.planRestore({ target, recovery: r.id, backup: chosen.backup.id, tools: input.tools }),
        apply: (plan) => bring(plan, saved),
        undo: (plan) => takeBack(plan, saved),
      });
    },

    verify: ({ plan }: Restored) =>
      r.verify('verify', async () => {
        const answers = await Promise.all([
          on.patient.verifyRestoredTools({ target, plan: plan.ref }),
          on.patient.runCriticalTools({ target }),
        ]);
        return answers.flat();
      }),
  };
}

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

const said = <T>(fact: T, sentence: (fact: T) => Text): Said<void> => ({ value: undefined, sentence: sentence(fact) });

const stopItem = (target: string) => ({
  id: 'agent-stopped',
  title: { en: `No agent uses ${target} now.`, ja: `${target} を使うエージェントは停止しています。` },
});
const startItem = (target: string) => ({
  id: 'agent-started',
  title: { en: `The agent of ${target} was started anew.`, ja: `${target} のエージェントを起動し直しました。` },
});
const agentStopped = (wasRunning: boolean): Text =>
  wasRunning
    ? { en: 'The agent is stopped.', ja: 'エージェントを停止しました。' }
    : { en: 'The agent was not running.', ja: 'エージェントは動いていませんでした。' };
const agentStarted = (wasRunning: boolean): Text =>
  wasRunning
    ? { en: 'The agent runs already.', ja: 'エージェントは既に動いています。' }
    : { en: 'The agent is started.', ja: 'エージェントを起動しました。' };
const protectedCopy = ({ files, bytes }: ProtectReceipt): Text => ({
  en: `Copied and hashed ${files} file(s), ${bytes} bytes.`,
  ja: `${files} ファイル、${bytes} バイトを複製し照合しました。`,
});
const brought = (receipt: RestoreReceipt): Said<RestoreReceipt> => ({ value: receipt, sentence: broughtFiles(receipt) });
const broughtFiles = ({ written, already, logRestored, findings }: RestoreReceipt): Text => {
  const log = logRestored
    ? { en: ' The audit log was absent and is restored.', ja: '監査ログは無かったので復元しました。' }
    : { en: '', ja: '' };
  const found = listed(findings);
  return {
    en: `Wrote ${written} file(s), ${already} were there already.${log.en}${found.en && ` ${found.en}`}`,
    ja: `${written} ファイルを書き、${already} は既にありました。${log.ja}${found.ja}`,
  };
};
const listed = (sentences: readonly Text[]): Text => ({
  en: sentences.map(({ en }) => en).join(' '),
  ja: sentences.map(({ ja }) => ja).join(' '),
});
