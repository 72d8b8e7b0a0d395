/** The checklist of a zone: who answers, where the names lead, what users are told. */
import { judged, notApplicable, type Answer, type ChecklistDefinition } from '../checklist/words.ts';
import type { Symptom } from '../symptom.ts';
import { isThere, sideOf, type SeenZone } from './judge-zone.ts';
import { haveSameValues } from './records.ts';
import type { ChangedBy } from './server-look.ts';
import type { DeclaredSwitch } from './switch-plan.ts';
import type { Text } from '../text.ts';

export const dnsChecklist: ChecklistDefinition = {
  parts: [
    { id: 'servers', title: { en: '1. Servers', ja: '1. サーバー' } },
    { id: 'names', title: { en: '2. Names', ja: '2. 名前' } },
    { id: 'users', title: { en: '3. Users', ja: '3. 利用者' } },
  ],
  items: [
    {
      id: 'servers-agree',
      part: 'servers',
      title: { en: 'Every authoritative server answers, and all say the same', ja: '全権威サーバーが応答し、内容が一致する' },
    },
    { id: 'key', part: 'servers', title: { en: 'A change would be taken', ja: '変更が受け付けられる' } },
    {
      id: 'sides',
      part: 'names',
      needs: ['servers-agree'],
      title: { en: 'Every switch leads to a side', ja: '全ての切替対象がいずれかの side を指す' },
    },
    {
      id: 'ttl',
      part: 'names',
      needs: ['servers-agree'],
      title: { en: 'Nobody keeps an answer for longer than a third of the RTO', ja: 'TTL が RTO の 3 分の 1 以内である' },
    },
    {
      id: 'resolvers',
      part: 'users',
      needs: ['servers-agree'],
      title: { en: 'Resolvers tell users what the servers say', ja: 'リゾルバーの応答が権威サーバーと一致する' },
    },
  ],
};

const taken = {
  key: { en: 'The primary answers with a signature that holds.', ja: 'プライマリが有効な署名付きで応答します。' },
  account: { en: 'The account answers for this zone.', ja: 'アカウントがこのゾーンについて応答します。' },
  file: { en: 'The zone file is understood and may be written.', ja: 'ゾーンファイルを解釈でき、書き込めます。' },
} as const satisfies Record<ChangedBy, Text>;

export function answerServers({ servers, key }: SeenZone, symptoms: readonly Symptom[]): Answer[] {
  const wrong = symptoms.find(({ id }) => id === 'server-silent' || id === 'servers-disagree');
  const serials = servers.map((look) => (look.answers ? look.serial : '–')).join(', ');
  return [
    judged('servers-agree', wrong === undefined, wrong?.sentence ?? { en: 'All say the same.', ja: '内容は一致しています。' }, {
      measured: serials,
      expected: `${servers.length} alike`,
    }),
    judged('key', key.ok, key.ok ? taken[key.of] : { en: `It would not: ${key.said}`, ja: `受け付けられません(${key.said})。` }),
  ];
}

export function answerNames({ servers }: SeenZone, switches: readonly DeclaredSwitch[], symptoms: readonly Symptom[]): Answer[] {
  const first = servers.find(isThere);
  const sides = switches.map((one, n) => `${one.id} ${(first && sideOf(one, first.sets[n]!)) ?? '–'}`);
  const nowhere = symptoms.find(({ id }) => id === 'points-to-no-side');
  const long = symptoms.find(({ id }) => id === 'ttl-too-long');
  const silent = { en: 'No authoritative server answers.', ja: '応答する権威サーバーがありません。' };
  return [
    judged(
      'sides',
      first !== undefined && nowhere === undefined,
      first === undefined ? silent : (nowhere?.sentence ?? { en: 'Each of them does.', ja: '全て指しています。' }),
      { measured: sides.join(', ') },
    ),
    judged(
      'ttl',
      first !== undefined && long === undefined,
      first === undefined ? silent : (long?.sentence ?? { en: 'Nobody does.', ja: '範囲内です。' }),
      { measured: first?.sets.map((set) => (set === null ? '–' : `${set.ttl} s`)).join(', ') },
    ),
  ];
}

export function answerResolvers({ servers, resolvers }: SeenZone, switches: readonly DeclaredSwitch[]): Answer[] {
  if (resolvers.length === 0) {
    return [notApplicable('resolvers', { en: 'No resolvers are declared.', ja: 'リゾルバーの定義がありません。' })];
  }
  const first = servers.find(isThere);
  const odd = resolvers.filter(
    (look) => !look.answers || first === undefined || switches.some((_, n) => !haveSameValues(first.sets[n]!, look.sets[n]!)),
  );
  const names = odd.map(({ server }) => server).join(', ');
  return [
    judged(
      'resolvers',
      odd.length === 0,
      odd.length === 0
        ? { en: 'Each of them does.', ja: '一致しています。' }
        : { en: `${names}: another answer, or none.`, ja: `${names}: 異なる応答か無応答です。` },
      { measured: `${resolvers.length - odd.length}`, expected: `${resolvers.length}` },
    ),
  ];
}
