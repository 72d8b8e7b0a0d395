/** The ledger as Markdown for the Temporal UI: what it waits for on top, then one row a step. */
import { recoveryStatuses, stepOutcomes, type RecoveryState } from './recovery.ts';
import type { Locale, Text } from './text.ts';

const words = {
  waits: { en: 'Waits for', ja: '待ち' },
  head: { en: '| step | outcome | what happened |', ja: '| 手順 | 結果 | 内容 |' },
} satisfies Record<string, Text>;

export function renderDetails(state: RecoveryState, locale: Locale): string {
  const waits = state.waitingFor.flatMap((waiting) => [
    `**${words.waits[locale]}: ${waiting.gate}** ${cell(waiting.title[locale])}`,
    '',
  ]);
  const rows = state.steps.map((step) => {
    const name = step.path === '' ? step.name : `${step.path} / ${step.name}`;
    return `| ${cell(name)} | ${stepOutcomes[step.outcome][locale]} | ${cell(step.sentence[locale])} |`;
  });
  return [...waits, `**${recoveryStatuses[state.status][locale]}**`, '', words.head[locale], '|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 300);
