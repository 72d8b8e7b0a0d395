/** Answers on database servers, whatever they are: who takes writes, and that nothing else is wrong. */
import type { Symptom } from '../symptom.ts';
import { judged, type Answer } from './words.ts';

/** `one` is the id of the item on who takes writes; `symptoms` is everything that is wrong with the servers. */
export function answerServers(
  one: 'one-primary' | 'one-master',
  writers: readonly string[],
  symptoms: readonly Symptom[],
): Answer[] {
  const [first] = symptoms;
  return [
    judged(
      one,
      writers.length === 1,
      writers.length === 1
        ? { en: `${writers[0]} takes writes.`, ja: `${writers[0]} が書き込みを受け付けます。` }
        : { en: `${writers.length} nodes take writes.`, ja: `書き込み可能なノードは ${writers.length} 台です。` },
      { measured: writers.join(', ') || 'none', expected: 'one' },
    ),
    judged('no-drift', first === undefined, first?.sentence ?? { en: 'Nothing is wrong with them.', ja: '異常はありません。' }, {
      measured: symptoms.length,
      expected: 0,
    }),
  ];
}
