/** The checklist of Redis servers: who takes writes, what outlives them, which keys are there. */
import { judged, notApplicable, type Answer, type ChecklistDefinition } from '../checklist/words.ts';

export const redisChecklist: ChecklistDefinition = {
  parts: [
    { id: 'servers', title: { en: '1. Servers', ja: '1. サーバー' } },
    { id: 'keys', title: { en: '2. Keys', ja: '2. キー' } },
    { id: 'writes', title: { en: '3. Writes', ja: '3. 書き込み' } },
  ],
  items: [
    {
      id: 'one-master',
      part: 'servers',
      title: { en: 'Exactly one node takes writes', ja: '書き込み可能なノードが 1 台だけである' },
    },
    {
      id: 'no-drift',
      part: 'servers',
      needs: ['one-master'],
      title: { en: 'Replicas, append-only file and snapshots are well', ja: 'レプリカ・AOF・スナップショットが正常である' },
    },
    { id: 'any-keys', part: 'keys', title: { en: 'There are keys', ja: 'キーが存在する' } },
    { id: 'expected-keys', part: 'keys', title: { en: 'The expected keys are there', ja: '想定するキーが存在する' } },
    { id: 'write', part: 'writes', needs: ['one-master'], title: { en: 'A write works', ja: '書き込みできる' } },
  ],
};

interface Expected {
  readonly pattern: string;
  readonly atLeast: number;
}

/** `found` has the keys of each pattern, in its order. */
export function answerKeys(keys: number, expected: readonly Expected[], found: readonly number[]): Answer[] {
  const short = expected.flatMap(({ pattern, atLeast }, n) =>
    found[n]! < atLeast ? [`${pattern}: ${found[n]} < ${atLeast}`] : [],
  );
  return [
    judged(
      'any-keys',
      keys > 0,
      { en: `There are ${keys} keys.`, ja: `キーは ${keys} 件です。` },
      { measured: keys, expected: 'at least 1' },
    ),
    expected.length === 0
      ? notApplicable('expected-keys', {
          en: 'The inventory expects no keys.',
          ja: 'インベントリに想定するキーの指定がありません。',
        })
      : judged(
          'expected-keys',
          short.length === 0,
          short.length === 0
            ? { en: 'Every pattern has its keys.', ja: '全てのパターンにキーがあります。' }
            : { en: `Keys are missing: ${short.join(', ')}.`, ja: `キーが不足しています: ${short.join('、')}。` },
          {
            measured: expected.map(({ pattern }, n) => `${pattern} ${found[n]}`).join(', '),
            expected: expected.map(({ pattern, atLeast }) => `${pattern} ${atLeast}`).join(', '),
          },
        ),
  ];
}
