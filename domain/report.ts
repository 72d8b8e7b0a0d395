/** The report of a recovery as Markdown, for people who were not there: what happened, when, who decided, what it cost. */
import { criteria, type DrillScore } from './drill/score.ts';
import { renderChecklistParts } from './checklist/render.ts';
import type { FilledChecklist } from './checklist/words.ts';
import { recoveryStatuses, stepOutcomes, type LedgerEntry, type RecoveryState } from './recovery.ts';
import { filledChecklist } from './report-checklist.ts';
import { reportCell as cell, reportTable as table } from './report-table.ts';
import { reportWords } from './report-words.ts';
import type { Locale, Text } from './text.ts';

export interface ReportInput {
  readonly state: RecoveryState;
  readonly ledger: readonly LedgerEntry[];
  /** Filled in by machines when it was verified. */
  readonly checklists?: readonly FilledChecklist[] | undefined;
  /** Of a drill. */
  readonly score?: DrillScore | undefined;
  readonly scenario: Text;
  readonly owner?: string | undefined;
  readonly contacts: readonly {
    readonly id: string;
    readonly mail?: string | undefined;
    readonly phone?: string | undefined;
    readonly url?: string | undefined;
    readonly external: boolean;
  }[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** IANA name; every time of the report is told in it. */
  readonly timezone: string;
  /** Set when it is what was last known. */
  readonly asOf?: string | undefined;
}

export function renderReport(input: ReportInput, locale: Locale): string {
  const words = reportWords[locale];
  const tell = (text: Text): string => cell(text[locale]);
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: input.timezone, dateStyle: 'short', timeStyle: 'medium' });
  const when = (iso: string): string => clock.format(new Date(iso));
  const { state } = input;
  const { timing, objectives } = state;
  const rtoTaken = timing.totalMs - timing.detectionMs;
  const met = (answer: boolean | null): string => (answer === null ? words.open : answer ? words.met : words.missed);
  const parts = [
    `# ${words.title}: ${input.scenario[locale]} (${state.target})`,
    `**${recoveryStatuses[state.status][locale]}**`,
    ...(input.asOf === undefined ? [] : [words.stale(when(input.asOf))]),
    table(words.headings.facts, [
      [words.id, `\`${state.id}\``],
      [words.mode, words.modes[state.mode]],
      [words.requestedBy, cell(state.requestedBy)],
      [words.reason, cell(state.reason)],
      ...(state.incident === undefined ? [] : [[words.incident, cell(state.incident)]]),
      [words.startedAt, when(state.startedAt)],
      [words.endedAt, state.endedAt === undefined ? words.notYet : when(state.endedAt)],
      [words.timezone, input.timezone],
    ]),
    `## ${words.sections.time}`,
    table(words.headings.time, [
      [words.detection, words.duration(timing.detectionMs)],
      [words.decision, words.duration(timing.decisionMs)],
      [words.approval, words.duration(timing.approvalMs)],
      [words.machine, words.duration(timing.machineMs)],
      [words.total, words.duration(timing.totalMs)],
    ]),
    table(words.headings.objectives, [
      ['RTO', words.duration(objectives.rtoMs), words.duration(rtoTaken), met(objectives.metRto)],
      [
        'RPO',
        words.duration(objectives.rpoMs),
        objectives.rpoAchieved === undefined ? words.unknown : words.duration(objectives.rpoAchieved),
        met(objectives.metRpo),
      ],
    ]),
    ...(input.score ? scoreOf(input.score, locale) : []),
    `## ${words.sections.steps}`,
    table(
      words.headings.steps,
      state.steps.map((step) => [
        cell(step.path === '' ? step.name : `${step.path} / ${step.name}`),
        stepOutcomes[step.outcome][locale],
        tell(step.sentence),
        when(step.startedAt),
        step.endedAt === undefined ? '–' : words.duration(Date.parse(step.endedAt) - Date.parse(step.startedAt)),
      ]),
    ),
    ...(state.waitingFor.length === 0
      ? []
      : [
          `## ${words.sections.waiting}`,
          ...state.waitingFor.map(({ title, from, deadline }) =>
            words.waitsFor(tell(title), from.join(', '), deadline === null ? undefined : when(deadline)),
          ),
        ]),
    ...(input.checklists ?? []).flatMap((list) => [
      `## ${words.sections.verification} (${cell(list.target)}, ${when(list.startedAt)})`,
      ...renderChecklistParts(list, locale, '###'),
    ]),
    ...checklistOf(input.ledger, locale, when),
    `## ${words.sections.ledger}`,
    ...(input.ledger.length === 0
      ? [words.nothing]
      : [
          table(
            words.headings.ledger,
            input.ledger.map((entry) => [String(entry.number), when(entry.at), lineOf(entry, locale)]),
          ),
        ]),
    `## ${words.sections.contacts}`,
    ...contactsOf(input, words.owner, words.external, words.nothing),
    ...(input.links.length === 0
      ? []
      : [`## ${words.sections.links}`, input.links.map(({ title, url }) => `- [${cell(title)}](<${url}>)`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function scoreOf({ criteria: all, sentence }: DrillScore, locale: Locale): string[] {
  const words = reportWords[locale];
  const mark = (met: boolean | null): string => (met === null ? '–' : met ? '☑' : '☒');
  return [
    `## ${words.sections.score}`,
    `**${cell(sentence[locale])}**`,
    table(
      words.headings.score,
      all.map((one) => [mark(one.met), criteria[one.id][locale], cell(one.sentence[locale])]),
    ),
  ];
}

/** Nothing where nobody was asked to look at anything. */
function checklistOf(ledger: readonly LedgerEntry[], locale: Locale, when: (iso: string) => string): string[] {
  const words = reportWords[locale];
  const { items, verifiers, approvers } = filledChecklist(ledger);
  if (items.length === 0) return [];
  return [
    `## ${words.sections.checklist}`,
    table(
      words.headings.checklist,
      items.map(({ title, path, ticked, by, at, reason }) => [
        ticked ? '☑' : '☒',
        cell(path === '' ? title[locale] : `${path} / ${title[locale]}`),
        cell(by),
        when(at),
        cell(reason),
      ]),
    ),
    [
      `- ${words.verifiedBy}: ${cell(verifiers.join(', ')) || '–'}`,
      `- ${words.approvedBy}: ${cell(approvers.join(', ')) || '–'}`,
    ].join('\n'),
  ];
}

/** One line of the ledger in words. */
function lineOf(entry: LedgerEntry, locale: Locale): string {
  switch (entry.event) {
    case 'step': {
      const { path, name, outcome, sentence } = entry.step;
      const named = `${path === '' ? '' : `${path} / `}${name} (${stepOutcomes[outcome][locale]})`;
      return cell([named, sentence[locale]].filter(Boolean).join(': '));
    }
    case 'gate':
      return cell(`${entry.gate}: ${entry.sentence[locale]}`);
    case 'status':
      return cell(entry.sentence?.[locale] ?? `${recoveryStatuses[entry.status][locale]} (${entry.phase})`);
    case 'end':
      return `**${recoveryStatuses[entry.status][locale]}**`;
  }
}

function contactsOf({ owner, contacts }: ReportInput, ownerWord: string, externalWord: string, nothing: string): string[] {
  const lines = [
    ...(owner === undefined ? [] : [`- ${ownerWord}: ${cell(owner)}`]),
    ...contacts.map(({ id, mail, phone, url, external }) =>
      [`- ${cell(id)}${external ? ` (${externalWord})` : ''}`, mail, phone, url && `<${url}>`].filter(Boolean).join(', '),
    ),
  ];
  return [lines.length === 0 ? nothing : lines.join('\n')];
}
