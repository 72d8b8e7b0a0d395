/** What is wrong with a protection that is declared: what would keep it from being raised, and whether it should be. */
import type { Diagnosis } from '../diagnosis.ts';
import { symptom, type Symptom } from '../symptom.ts';
import { whyUnprepared, type Pieces } from './prepared.ts';
import { isGuarded, isSameGuard, type GuardReport } from './words.ts';

/** Proxies that do not answer are told of by the look at their servers. */
export function judgeProtection(reports: readonly GuardReport[], pieces: Pieces, bears: number): Symptom[] {
  const live = reports.filter(isGuarded);
  const rate = live.reduce((sum, one) => sum + one.rate, 0);
  return [
    ...live.flatMap((guard) => [
      ...whyUnprepared(guard, pieces).map(({ en, ja }) => symptom('protection-missing', en, ja, { proxy: guard.node })),
      ...(guard.saved === undefined || isSameGuard(guard, guard.saved)
        ? []
        : [
            symptom(
              'protection-not-saved',
              `The files of ${guard.node} have not what is set there: a restart would change whom it limits and denies.`,
              `${guard.node} のファイルが現在の設定と異なり、再起動すると制限と拒否が変わります。`,
              { proxy: guard.node },
            ),
          ]),
    ]),
    ...(rate > bears
      ? [
          symptom(
            'too-many-requests',
            `${rate} requests came in within the last second; ${bears} are borne.`,
            `直近 1 秒に ${rate} 件の要求がありました(許容 ${bears} 件)。`,
            { rate, bears },
          ),
        ]
      : []),
  ];
}

export const suggestMitigation = (symptoms: readonly Symptom[]): Diagnosis['suggests'] =>
  symptoms
    .filter(({ id }) => id === 'too-many-requests')
    .map(({ sentence }) => ({ scenario: 'ddos-mitigation', input: {}, why: sentence }));
