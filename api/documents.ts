/** Turns what the domain knows, in both languages, into the documents that one reader gets. */
import type { EventData, RecoverySummary, StatusDocument } from '../contracts/http/recovery.ts';
import type { DrillScoreDocument } from '../contracts/http/drill-score.ts';
import type { BackupDocument } from '../contracts/backup.ts';
import type { Backup } from '../domain/backup.ts';
import { criteria, type DrillScore } from '../domain/drill/score.ts';
import type { LedgerEntry, Plan, RecoveryState, Step, Waiting } from '../domain/recovery.ts';
import type { Locale } from '../domain/text.ts';
import { say } from './language.ts';
import type { Known } from './recovery-reader.ts';

const addressOf = (id: string): string => `/v1/recoveries/${encodeURIComponent(id)}`;

export function linksOf(id: string): StatusDocument['links'] {
  const self = addressOf(id);
  return { self, events: `${self}/events`, report: `${self}/report` };
}

export function statusDocumentOf({ state, asOf }: Known, locale: Locale): StatusDocument {
  const { steps, waitingFor, ...head } = state;
  return {
    ...head,
    steps: steps.map((step) => stepOf(step, locale)),
    waitingFor: waitingFor.map((waiting) => waitingOf(waiting, state.id, locale)),
    links: linksOf(state.id),
    ...(asOf !== undefined && { stale: true, asOf }),
  };
}

export const scoreDocumentOf = (score: DrillScore, locale: Locale): DrillScoreDocument => ({
  criteria: score.criteria.map(({ sentence, ...criterion }) => ({
    ...criterion,
    title: say(criteria[criterion.id], locale),
    sentence: say(sentence, locale),
  })),
  passed: score.passed,
  sentence: say(score.sentence, locale),
});

type SummaryHead = Omit<RecoverySummary, 'links'>;

export const summaryOf = (head: SummaryHead): RecoverySummary => ({ ...head, links: linksOf(head.id) });

const stepOf = (step: Step, locale: Locale): StatusDocument['steps'][number] => ({
  ...step,
  sentence: say(step.sentence, locale),
  evidence: step.evidence && { ...step.evidence },
});

function waitingOf(waiting: Waiting, id: string, locale: Locale): StatusDocument['waitingFor'][number] {
  const { plan, error } = waiting;
  return {
    ...waiting,
    title: say(waiting.title, locale),
    plan: plan && planOf(plan, id, locale),
    error: error && { ...error, sentence: say(error.sentence, locale) },
  };
}

/** Where the whole plan is kept is our affair; readers get an address. */
function planOf({ ref: _kept, ...plan }: Plan, id: string, locale: Locale) {
  const href = `${addressOf(id)}/plans/${plan.digest}`;
  return { ...plan, summary: say(plan.summary, locale), counts: { ...plan.counts }, href };
}

/** `data` of one event of the stream. */
export function eventDataOf(entry: LedgerEntry, id: string, locale: Locale): EventData[keyof EventData] {
  const { at } = entry;
  switch (entry.event) {
    case 'step':
      return { at, ...stepOf(entry.step, locale) };
    case 'gate': {
      const { gate, path, state, waiting, sentence } = entry;
      return {
        at,
        gate,
        path,
        state,
        sentence: say(sentence, locale),
        waiting: waitingOf(waiting, id, locale),
      };
    }
    case 'status': {
      const { status, phase, sentence } = entry;
      return { at, status, phase, ...(sentence && { sentence: say(sentence, locale) }) };
    }
    case 'end':
      return { at, status: entry.status };
  }
}

export const backupDocumentOf = (backup: Backup, locale: Locale): BackupDocument => ({
  ...backup,
  counts: { ...backup.counts },
  findings: backup.findings?.map((finding) => say(finding, locale)),
});

/** The head that status document and list share. */
export function summaryHeadOf(state: RecoveryState): SummaryHead {
  const { id, scenario, target, mode, status, phase, requestedBy, reason, incident, startedAt, endedAt } = state;
  return { id, scenario, target, mode, status, phase, requestedBy, reason, incident, startedAt, endedAt };
}
