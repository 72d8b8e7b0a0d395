/** The one place that decides when a gate is due and whether a vote counts. */
import type { FailureCode } from './failures.ts';
import type { Decision, GateKind, Plan, Vote } from './recovery.ts';
import type { Text } from './text.ts';

/** Who may decide at a gate, how many, by when, and what happens when nobody does. Times in milliseconds. */
export interface GatePolicy {
  readonly need: number;
  /** Asked one after the other, each with its own time; empty `from` means everyone with the role. */
  readonly stages: readonly { readonly from: readonly string[]; readonly withinMs: number | null }[];
  readonly otherwise: 'stop' | 'roll-back' | 'proceed';
  readonly always: boolean;
}

/** A decision as somebody states it; signed as a whole. `at` is ISO, `digest` binds it to what was shown. */
export interface Statement {
  readonly recovery: string;
  readonly gate: string;
  readonly digest: string;
  readonly decision: Decision;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly input?: unknown;
}

/** Without a policy: one approver, a third of the RTO, then everyone who may, then stop. */
export const defaultPolicy = (rtoMs: number): GatePolicy => ({
  need: 1,
  stages: [{ from: [], withinMs: Math.max(60_000, Math.floor(rtoMs / 3)) }],
  otherwise: 'stop',
  always: false,
});

/** Why a plan needs people, or undefined when it may go on by itself. */
export function whyGateIsDue(plan: Pick<Plan, 'counts' | 'size'>, policy: GatePolicy, maxShare = 1): Text | undefined {
  if (policy.always) return { en: 'The policy always asks.', ja: '方針により必ず承認を求めます。' };
  const { overwrite, remove } = plan.counts;
  if (overwrite + remove > 0) {
    return { en: `${overwrite} to overwrite, ${remove} to remove.`, ja: `上書き ${overwrite} 件、削除 ${remove} 件。` };
  }
  if (plan.size.share > maxShare) {
    return {
      en: `Touches ${Math.round(plan.size.share * 100)} % of the target.`,
      ja: `対象の ${Math.round(plan.size.share * 100)} % に及びます。`,
    };
  }
  return undefined;
}

/** What is known about the one who votes, looked up at the moment of the vote. */
export interface Voter {
  readonly known: boolean;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** False when the statement's origin is not proven and the inventory does not take it on its word. */
  readonly trusted: boolean;
  /** Signed by a trusted key; otherwise `by` is taken as stated, and marked so. */
  readonly signed: boolean;
}

/** The gate as far as a vote is concerned. */
interface GateUnderVote {
  readonly gate: string;
  readonly kind: GateKind;
  readonly digest: string;
  readonly need: number;
  readonly from: readonly string[];
  readonly choices: readonly Decision[];
  readonly votes: readonly Vote[];
}

export type Verdict =
  | { readonly counts: true; readonly decided?: Decision; readonly sentence: Text }
  | { readonly counts: false; readonly code: FailureCode; readonly sentence: Text };

const refused = (code: FailureCode, en: string, ja: string): Verdict => ({ counts: false, code, sentence: { en, ja } });

/** Accepts or refuses one vote, with the sentence that goes to the ledger. `decided` is set when the gate ends with it. */
export function decideVote(gate: GateUnderVote, vote: Statement, voter: Voter, requestedBy: string): Verdict {
  const { by, decision } = vote;
  if (!voter.trusted) {
    return refused(
      'forbidden',
      `The statement of ${by} is not signed by a trusted key.`,
      `${by} の意思表示は信頼された鍵で署名されていません。`,
    );
  }
  if (!voter.known) return refused('forbidden', `${by} is not in the inventory.`, `${by} はインベントリにいません。`);
  const role = gate.kind === 'approval' ? 'approver' : 'operator';
  if (!voter.roles.includes(role)) {
    return refused('forbidden', `${by} lacks the role ${role}.`, `${by} には役割 ${role} がありません。`);
  }
  if (gate.from.length > 0 && !gate.from.some((group) => voter.groups.includes(group))) {
    return refused(
      'forbidden',
      `${by} is in none of the groups ${gate.from.join(', ')}.`,
      `${by} はグループ ${gate.from.join('、')} に属していません。`,
    );
  }
  if (!gate.choices.includes(decision)) {
    return refused(
      'invalid-input',
      `${decision} is not a choice here: ${gate.choices.join(', ')}.`,
      `${decision} は選べません: ${gate.choices.join('、')}。`,
    );
  }
  if (vote.digest !== gate.digest) {
    return refused(
      'plan-changed',
      `${by} decided on ${short(vote.digest)}, the plan is ${short(gate.digest)} now.`,
      `${by} の判断は ${short(vote.digest)} に対するもので、現在の計画は ${short(gate.digest)} です。`,
    );
  }
  if (decision === 'approve' && by === requestedBy) {
    return refused(
      'self-approval',
      `${by} asked for this recovery and cannot approve it.`,
      `${by} は依頼者のため承認できません。`,
    );
  }
  if (gate.votes.some((earlier) => earlier.by === by)) {
    return refused('already-decided', `${by} has voted already.`, `${by} は既に投票しました。`);
  }
  const approvals = gate.votes.filter((earlier) => earlier.decision === 'approve').length + 1;
  const mark = voter.signed ? { en: '', ja: '' } : { en: ' (unsigned)', ja: '(署名なし)' };
  if (decision === 'approve' && approvals < gate.need) {
    return {
      counts: true,
      sentence: {
        en: `${by}${mark.en} approved (${approvals} of ${gate.need}).`,
        ja: `${by}${mark.ja} が承認(${gate.need} 人中 ${approvals} 人)。`,
      },
    };
  }
  const sentence = {
    en: `${by}${mark.en} chose ${decision}: ${vote.reason}`,
    ja: `${by}${mark.ja} の判断 ${decision}: ${vote.reason}`,
  };
  return { counts: true, decided: decision, sentence };
}

const short = (digest: string): string => digest.slice(0, 12);
