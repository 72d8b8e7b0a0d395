/** Ledger and status as lines that somebody under stress can read. */
import type { EventData, StatusDocument } from '../../contracts/http/recovery.ts';
import type { LedgerEvent } from './events.ts';

const clock = (at: string): string => at.slice(11, 19);

type Waiting = StatusDocument['waitingFor'][number];

/** One line for one entry; undefined where there is nothing new to say. */
export function ledgerLine({ event, data }: LedgerEvent): string | undefined {
  switch (event) {
    case 'step':
      return stepLine(data);
    case 'gate':
      return `${clock(data.at)}  ${`gate ${data.state}`.padEnd(14)} ${data.gate}: ${data.sentence}`;
    case 'status':
      return data.sentence === undefined ? undefined : `${clock(data.at)}  ${data.status.padEnd(14)} ${data.sentence}`;
    case 'end':
      return `${clock(data.at)}  ${'end'.padEnd(14)} ${data.status}`;
  }
}

function stepLine(step: EventData['step']): string {
  const name = step.path === '' ? step.name : `${step.path}/${step.name}`;
  const attempts = step.attempts > 1 ? ` (attempt ${step.attempts})` : '';
  const sentence = step.sentence === '' ? '' : `: ${step.sentence}`;
  return `${clock(step.at)}  ${step.outcome.padEnd(14)} ${name}${sentence}${attempts}`;
}

/** The whole status document. */
export const statusLines = (status: StatusDocument): string[] => [
  `${status.scenario} of ${status.target}: ${status.status}${status.stale ? ` (as of ${status.asOf}: no worker answers)` : ''}`,
  `id ${status.id}, asked for by ${status.requestedBy}: ${status.reason}`,
  ...status.steps.map((step) => stepLine({ ...step, at: step.endedAt ?? step.startedAt })),
  ...status.waitingFor.flatMap(waitingLines),
  `total ${seconds(status.timing.totalMs)} = detection ${seconds(status.timing.detectionMs)} + decision ${seconds(status.timing.decisionMs)} + approval ${seconds(status.timing.approvalMs)} + machine ${seconds(status.timing.machineMs)}`,
];

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What a gate wants, and how to answer it. */
export const waitingLines = (waiting: Waiting): string[] => [
  `waits for people at ${waiting.gate}: ${waiting.title}`,
  ...(waiting.plan ? [`  plan: ${waiting.plan.summary}`, ...alterations(waiting.plan)] : []),
  ...(waiting.error ? [`  ${waiting.error.code}: ${waiting.error.sentence}`] : []),
  `  may decide: ${waiting.from.join(', ') || 'everyone with the role'}; choices: ${waiting.choices.join(', ')}`,
  `  by ${waiting.deadline ?? 'any time'}, otherwise: ${waiting.otherwise}`,
  ...(waiting.votes.length > 0 || waiting.need > 1 ? [`  ${votesLine(waiting)}`] : []),
  ...(waiting.breakGlass ? ['  skip overrides a safety check: a review opens'] : []),
  ...(waiting.aloneFrom === undefined ? [] : [`  from ${waiting.aloneFrom} one operator may go on alone: a review opens`]),
  `  digest ${waiting.digest}`,
];

const votesLine = ({ votes, need }: Waiting): string =>
  `takes ${need}; so far: ${votes.map(({ by, decision }) => `${by} ${decision}`).join(', ') || 'nobody'}`;

const shownChanges = 20;

/** What would be touched; what stays as it is needs no reading at night. */
function alterations({ changes, href }: NonNullable<Waiting['plan']>): string[] {
  const touched = changes.filter(({ action }) => action !== 'keep');
  const more = touched.length > shownChanges ? [`    and more, see ${href}`] : [];
  const lines = touched
    .slice(0, shownChanges)
    .map(({ action, path, before = 'nothing', after = 'nothing' }) => `    ${action.padEnd(9)} ${path}  (${before} -> ${after})`);
  return [...lines, ...more];
}
