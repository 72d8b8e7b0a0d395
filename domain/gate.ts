/** The one place that decides whether a vote counts. */
import type { FailureCode } from './failures.ts';
import type { Decision, Vote } from './recovery.ts';
import type { Text } from './text.ts';

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

/** Who did what in this recovery so far: nobody approves what they asked for, or what they verified themselves. */
export interface Hands {
  readonly requestedBy: string;
  /** Who ticked checklist items. */
  readonly verifiers: readonly string[];
  readonly approvers: readonly string[];
}

/** The gate as far as a vote is concerned. */
export interface GateUnderVote {
  readonly gate: string;
  readonly digest: string;
  readonly need: number;
  readonly from: readonly string[];
  readonly choices: readonly Decision[];
  readonly votes: readonly Vote[];
  /** One operator may approve alone by now. */
  readonly alone?: boolean | undefined;
  /** A safety check refuses here: to skip it takes `need` approvers, break-glass. */
  readonly breakGlass?: boolean | undefined;
}

export type Verdict =
  | {
      readonly counts: true;
      /** Set when the gate ends with it. */
      readonly decided?: Decision;
      /** Decided by one operator where the policy wanted more or others: a review opens. */
      readonly alone?: true;
      readonly sentence: Text;
    }
  | { readonly counts: false; readonly code: FailureCode; readonly sentence: Text };

/** Accepts or refuses one vote, with the sentence that goes to the ledger. */
export function decideVote(gate: GateUnderVote, vote: Statement, voter: Voter, hands: Hands): Verdict {
  const wrong = refuseAnybody(gate, vote, voter);
  if (wrong) return wrong;
  const refusal = refuseThisPerson(gate, vote, voter, hands);
  const verdict = refusal ?? count(gate, vote, voter);
  const goesOnAlone = gate.alone && vote.decision === 'approve' && voter.roles.includes('operator');
  if (!goesOnAlone || (verdict.counts && verdict.decided)) return verdict;
  return { ...decidedBy(vote, voter, { en: ', alone', ja: '(単独)' }), alone: true };
}

/** Wrong whoever says it. */
function refuseAnybody(gate: GateUnderVote, vote: Statement, voter: Voter): Verdict | undefined {
  const { by, decision } = vote;
  if (!voter.trusted) {
    return refused(
      'forbidden',
      `The statement of ${by} is not signed by a trusted key.`,
      `${by} の意思表示は信頼された鍵で署名されていません。`,
    );
  }
  if (!voter.known) return refused('forbidden', `${by} is not in the inventory.`, `${by} はインベントリにいません。`);
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
  return undefined;
}

/** Not for this person to say. */
function refuseThisPerson(gate: GateUnderVote, { by, decision }: Statement, voter: Voter, hands: Hands): Verdict | undefined {
  const approves = isCounted(gate, decision);
  const role = approves || decision === 'reject' ? 'approver' : 'operator';
  if (!voter.roles.includes(role)) {
    return refused('forbidden', `${by} lacks the role ${role}.`, `${by} には役割 ${role} がありません。`);
  }
  // At a refusing safety check the groups say who may override; to look again or go back is anybody's.
  const anybody = gate.from.length === 0 || (gate.breakGlass && !approves);
  if (!anybody && !gate.from.some((group) => voter.groups.includes(group))) {
    return refused(
      'forbidden',
      `${by} is in none of the groups ${gate.from.join(', ')}.`,
      `${by} はグループ ${gate.from.join('、')} に属していません。`,
    );
  }
  if (approves && by === hands.requestedBy) {
    return refused(
      'self-approval',
      `${by} asked for this recovery and cannot approve it.`,
      `${by} は依頼者のため承認できません。`,
    );
  }
  if ((approves && hands.verifiers.includes(by)) || (decision === 'tick' && hands.approvers.includes(by))) {
    return refused(
      'same-person',
      `${by} cannot both verify and approve: another person has to.`,
      `${by} は検証と承認を兼ねられません。別の人が必要です。`,
    );
  }
  if (gate.votes.some((earlier) => earlier.by === by && earlier.decision === decision)) {
    return refused('already-decided', `${by} has voted already.`, `${by} は既に投票しました。`);
  }
  return undefined;
}

function count(gate: GateUnderVote, vote: Statement, voter: Voter): Verdict {
  const { by, decision, reason } = vote;
  const people = gate.votes.filter((earlier) => earlier.decision === decision).length + 1;
  if (!isCounted(gate, decision) || people >= gate.need) return decidedBy(vote, voter);
  const mark = markOf(voter);
  return {
    counts: true,
    sentence: {
      en: `${by}${mark.en} chose ${decision} (${people} of ${gate.need}): ${reason}`,
      ja: `${by}${mark.ja} の判断 ${decision}(${gate.need} 人中 ${people} 人): ${reason}`,
    },
  };
}

/** What takes `need` people; everything else one person decides. */
const isCounted = ({ breakGlass }: GateUnderVote, decision: Decision): boolean =>
  decision === 'approve' || (breakGlass === true && decision === 'skip');

function decidedBy({ by, decision, reason }: Statement, voter: Voter, how: Text = { en: '', ja: '' }) {
  const mark = markOf(voter);
  return {
    counts: true as const,
    decided: decision,
    sentence: {
      en: `${by}${mark.en} chose ${decision}${how.en}: ${reason}`,
      ja: `${by}${mark.ja} の判断 ${decision}${how.ja}: ${reason}`,
    },
  };
}

const markOf = ({ signed }: Voter): Text => (signed ? { en: '', ja: '' } : { en: ' (unsigned)', ja: '(署名なし)' });
const refused = (code: FailureCode, en: string, ja: string): Verdict => ({ counts: false, code, sentence: { en, ja } });
const short = (digest: string): string => digest.slice(0, 12);
