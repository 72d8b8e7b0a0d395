/** The verbs of putting tools away and bringing them back, each with the sentence it leaves in the ledger. */
import { z } from 'zod';
import type { SetAsideActivities } from '../../activities/set-aside/interface.ts';
import type { ToolStoreActivities } from '../../activities/tool-store/interface.ts';
import { asideTools } from '../../contracts/inputs/tool-enable.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { AsideFolder, MoveReceipt, ToolToSetAside } from '../../domain/set-aside/move-plan.ts';
import type { Text } from '../../domain/text.ts';
import type { ToolStoreFacts } from '../../domain/tool-store/words.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';
import { toolStore } from './tool-store.ts';

const toolsInput = z.strictObject({ tools: asideTools });

/** Which tools, where, and at which gate people decide. */
interface PutAway {
  readonly gate: string;
  readonly into: AsideFolder;
  readonly tools: readonly ToolToSetAside[];
  /** What those who decide must know beside the plan. */
  readonly note?: Text | undefined;
}
interface BringBack {
  readonly gate: string;
  readonly from: AsideFolder;
  readonly tools: readonly string[];
  /** What an investigation found. */
  readonly finding?: string;
}

export function setAside(r: Recovery) {
  const { target } = r;
  const on = r.on<SetAsideActivities & ToolStoreActivities>();
  const { agent } = r.facts<ToolStoreFacts>();
  const store = toolStore(r);

  /** It reads its tools once, and may write one that it still has in memory over what was moved. */
  const whileAgentRests = async <T>(move: () => Promise<T>): Promise<T> => {
    if (agent === 'declared') await on.patient.stopAgent({ target });
    return move();
  };
  const putAway = ({ gate, into, tools, note }: PutAway, name: string, nothing?: Text): Promise<Changed<MoveReceipt>> =>
    r.change<MoveReceipt>(name, {
      gate,
      ...(nothing && { nothing }),
      plan: () => on.patient.planSetAside({ target, recovery: r.id, tools, into, note }),
      apply: (plan) =>
        whileAgentRests(async () => moved(await on.patient.applySetAside({ target, plan: plan.ref, digest: plan.digest }))),
      undo: (plan) => ({ activity: 'undoSetAside', input: { target, plan: plan.ref } }),
    });

  return {
    /**
     * An agent that can be stopped goes on while people decide, and rests only while files move; on the way back it is started
     * last. One that cannot be stopped from here is stopped by a person first.
     */
    async mindAgent(): Promise<void> {
      if (agent !== 'declared') return store.stopAgent();
      let runs = false;
      await r.act<void>('mind agent', {
        would: agentRests,
        dry: undefined,
        undo: async () => {
          runs = await on.patient.isAgentRunning({ target });
          return runs ? { activity: 'startAgent', input: { target } } : undefined;
        },
        act: () => Promise.resolve({ value: undefined, sentence: runs ? agentRuns : agentIsStill }),
        skip: { value: undefined },
      });
    },

    putAway: (what: PutAway) => putAway(what, what.into === 'disabled' ? 'disable' : 'quarantine'),

    /** An agent that was still alive may have written a tool back: it is put away again, beside its other version. */
    lookForWriteBacks: (what: PutAway) => putAway(what, 'look for write-backs', noWriteBacks),

    bringBack: ({ gate, from, tools, finding }: BringBack) =>
      r.change<MoveReceipt, z.infer<typeof toolsInput>>(from === 'disabled' ? 'enable' : 'release', {
        gate,
        plan: (input) => on.patient.planBringBack({ target, recovery: r.id, tools: input.tools, from, finding }),
        apply: (plan) =>
          whileAgentRests(async () => moved(await on.patient.applyBringBack({ target, plan: plan.ref, digest: plan.digest }))),
        undo: (plan) => ({ activity: 'undoBringBack', input: { target, plan: plan.ref } }),
        amend: { input: { tools: [...tools] }, schema: toolsInput },
      }),

    /** It finds the tools as they are now. */
    startAgent: () => store.startAgent(),

    verify: ({ plan }: { readonly plan: Plan }) =>
      r.verify('verify', async () => {
        const answers = await Promise.all([
          on.patient.verifyMoves({ target, plan: plan.ref }),
          on.patient.runCriticalTools({ target }),
        ]);
        return answers.flat();
      }),
  };
}

const moved = (receipt: MoveReceipt): Said<MoveReceipt> => ({ value: receipt, sentence: movedFiles(receipt) });
const movedFiles = ({ moved: count, already }: MoveReceipt): Text => ({
  en: `Moved ${count} file(s), ${already} were there already.`,
  ja: `${count} ファイルを移動し、${already} は既にありました。`,
});
const agentRests: Text = {
  en: 'Would stop the agent only while files move.',
  ja: 'ファイルの移動中だけエージェントを停止する予定。',
};
const agentRuns: Text = {
  en: 'The agent runs on while people decide; it rests while files move.',
  ja: '判断の間もエージェントは動作を続け、ファイルの移動中だけ停止します。',
};
const agentIsStill: Text = { en: 'The agent is not running.', ja: 'エージェントは動いていません。' };
const noWriteBacks: Text = { en: 'Nothing was written back.', ja: '書き戻しはありません。' };
