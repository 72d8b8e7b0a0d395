/** Answers on the machine: how full its disk and its memory are. */
import type { Text } from '../text.ts';
import { judged, type Answer } from './words.ts';

export interface MachineUse {
  /** Percent, 0 to 100. */
  readonly diskPercent: number;
  readonly memoryPercent: number;
}

interface Limits {
  readonly diskPercent: number;
  readonly memoryPercent: number;
}

export const answerMachine = (use: MachineUse, limits: Limits): Answer[] => [
  within('disk', use.diskPercent, limits.diskPercent, { en: 'disk', ja: 'ディスク' }),
  within('memory', use.memoryPercent, limits.memoryPercent, { en: 'memory', ja: 'メモリ' }),
];

function within(id: string, percent: number, limit: number, what: Text): Answer {
  const measured = Math.round(percent * 10) / 10;
  const ok = measured <= limit;
  return judged(
    id,
    ok,
    {
      en: `${measured} % of the ${what.en} is used${ok ? '' : `, more than ${limit} %`}.`,
      ja: `${what.ja}使用量は ${measured} % です${ok ? '' : `(上限 ${limit} %)`}。`,
    },
    { measured: `${measured} %`, expected: `≤ ${limit} %` },
  );
}
