/** What is wrong with a zone, as far as asking its servers and resolvers can tell. */
import { symptom, type Symptom } from '../symptom.ts';
import { areSame, canonical, inWords, type RecordSet } from './records.ts';
import type { ChangedBy, KeyLook, ServerAnswer, ServerLook, SilentServer } from './server-look.ts';
import type { DeclaredSwitch } from './switch-plan.ts';

export interface SeenZone {
  /** The first is the primary. */
  readonly servers: readonly ServerLook[];
  readonly resolvers: readonly ServerLook[];
  readonly key: KeyLook;
  /** Who would take changes were the primary gone. */
  readonly standby?: { readonly server: string; readonly key: KeyLook };
}

export function judgeZone(seen: SeenZone, switches: readonly DeclaredSwitch[], rtoMs: number): Symptom[] {
  return [
    ...seen.servers.filter(isSilent).map(silentServer),
    ...seen.resolvers.filter(isSilent).map(silentResolver),
    // A primary that is silent is told as such already.
    ...keyRefused(seen.key, seen.servers[0]!.server),
    ...(seen.standby ? keyRefused(seen.standby.key, seen.standby.server) : []),
    ...judgeAgreement(seen.servers, switches),
    ...judgeRecords(seen.servers, switches, rtoMs),
  ];
}

export const isSilent = (look: ServerLook): look is SilentServer => !look.answers;
export const isThere = (look: ServerLook): look is ServerAnswer => look.answers;

const silentServer = ({ server, said }: SilentServer): Symptom =>
  symptom(
    'server-silent',
    `The authoritative server ${server} does not answer (${said}): a switch is not done while it may tell the old address.`,
    `権威サーバー ${server} が応答しません(${said})。古い応答を返す恐れがあるため、切り替えは完了しません。`,
    { server },
  );
const silentResolver = ({ server, said }: SilentServer): Symptom =>
  symptom(
    'resolver-silent',
    `The resolver ${server} does not answer (${said}): nobody can see there that users are switched.`,
    `リゾルバー ${server} が応答しません(${said})。利用者の切り替わりを確認できません。`,
    { resolver: server },
  );
const keyRefused = (key: KeyLook, server: string): Symptom[] =>
  key.ok || key.isSilent ? [] : [notTaken[key.of](key.said, server)];

/** Why nothing could be switched, by what changes the zone. */
const notTaken: Readonly<Record<ChangedBy, (said: string, server: string) => Symptom>> = {
  key: (said, server) =>
    symptom(
      'key-refused',
      `${server} refuses our key: ${said}. Nothing could be switched.`,
      `${server} が鍵を拒否しています(${said})。切り替えができません。`,
      { server },
    ),
  file: (said) =>
    symptom(
      'zone-file-unusable',
      `${said} Nothing could be switched.`,
      `ゾーンファイルを変更できません(${said})。切り替えができません。`,
    ),
  account: (said) =>
    symptom(
      'account-unusable',
      `The account does not answer for the zone: ${said}. Nothing could be switched.`,
      `アカウントがこのゾーンに応答しません(${said})。切り替えができません。`,
    ),
};

/** Against the first that answers. A moment after a change it may be so for a while. */
function judgeAgreement(servers: readonly ServerLook[], switches: readonly DeclaredSwitch[]): Symptom[] {
  const [first, ...others] = servers.filter(isThere);
  if (first === undefined) return [];
  return others.flatMap((one): Symptom[] => {
    const n = switches.findIndex((_, at) => !areSame(first.sets[at]!, one.sets[at]!));
    const [here, there] = [`${first.server} ${first.serial}`, `${one.server} ${one.serial}`];
    if (n === -1 && one.serial === first.serial) return [];
    const what = n === -1 ? '' : `, ${switches[n]!.name} ${inWords(first.sets[n]!)} / ${inWords(one.sets[n]!)}`;
    return [
      symptom(
        'servers-disagree',
        `${first.server} and ${one.server} tell different things: serials ${here}, ${there}${what}.`,
        `${first.server} と ${one.server} の内容が異なります(シリアル ${here}、${there}${what})。`,
        { servers: [first.server, one.server] },
      ),
    ];
  });
}

function judgeRecords(servers: readonly ServerLook[], switches: readonly DeclaredSwitch[], rtoMs: number): Symptom[] {
  const first = servers.find(isThere);
  if (first === undefined) return [];
  const most = Math.floor(rtoMs / 3_000);
  return switches.flatMap((one, n): Symptom[] => {
    const set = first.sets[n]!;
    return [
      ...(sideOf(one, set) === undefined ? [pointsNowhere(one, set)] : []),
      ...(set !== null && set.ttl > most ? [longTtl(one, set.ttl, most)] : []),
    ];
  });
}

/** The side that it leads to; undefined where that is none of the declared ones. */
export function sideOf({ type, sides }: DeclaredSwitch, set: RecordSet | null): string | undefined {
  const values = set?.values.join();
  const of = (side: readonly string[]): string => [...new Set(side.map((value) => canonical(type, value)))].toSorted().join();
  return Object.keys(sides).find((side) => of(sides[side]!) === values);
}

const pointsNowhere = ({ id, name, type }: DeclaredSwitch, set: RecordSet | null): Symptom =>
  symptom(
    'points-to-no-side',
    `${name} ${type} is ${set === null ? 'not there' : inWords(set)}: no side of ${id}.`,
    `${name} ${type} は ${set === null ? '存在せず' : inWords(set)}、${id} のどの side でもありません。`,
    { switch: id },
  );
const longTtl = ({ id, name }: DeclaredSwitch, ttl: number, most: number): Symptom =>
  symptom(
    'ttl-too-long',
    `${name} may be kept for ${ttl} s, more than a third of the RTO (${most} s): a switch takes so long for some users.`,
    `${name} の TTL は ${ttl} 秒で、RTO の 3 分の 1(${most} 秒)を超えます。一部の利用者の切り替えにその時間がかかります。`,
    { switch: id, ttl },
  );
