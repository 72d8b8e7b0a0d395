/** How far a change has got: which servers answer anew, counted and named. */
import type { Text } from '../text.ts';
import { areSame, haveSameValues, inWords, type RecordSet } from './records.ts';
import { isNewer } from './serial.ts';
import type { ServerLook } from './server-look.ts';

export interface Spread {
  /** All answer anew. */
  readonly isEverywhere: boolean;
  /** One at least does. */
  readonly isAnywhere: boolean;
  /** Whoever does not is silent. */
  readonly isOnlySilent: boolean;
  readonly sentence: Text;
}

export interface Wanted {
  readonly sets: readonly (RecordSet | null)[];
  /** No older one may be told; undefined where there was nothing to change. */
  readonly serial?: number | undefined;
  /** A server whose silence is known, and changes nothing. */
  readonly takenFrom?: string | undefined;
}

/** Whether users of each authoritative server get the new answer, TTL included. */
export function spreadAmongServers(looks: readonly ServerLook[], { sets, serial, takenFrom }: Wanted): Spread {
  const asked = looks.filter((look) => look.answers || look.server !== takenFrom);
  return spread(asked, 'authoritative', (look) => {
    if (serial !== undefined && isNewer(serial, look.serial)) return behind(look.server, look.serial, serial);
    const n = sets.findIndex((set, at) => !areSame(set, look.sets[at]!));
    return n === -1 ? undefined : other(look.server, look.sets[n]!);
  });
}

/** Whether each resolver tells users the new answer; its TTL runs down there. */
export function spreadAmongResolvers(looks: readonly ServerLook[], { sets }: Pick<Wanted, 'sets'>): Spread {
  return spread(looks, 'resolvers', (look) => {
    const n = sets.findIndex((set, at) => !haveSameValues(set, look.sets[at]!));
    return n === -1 ? undefined : other(look.server, look.sets[n]!);
  });
}

const whose = {
  authoritative: { en: 'authoritative', ja: '権威サーバー' },
  resolvers: { en: 'resolvers', ja: 'リゾルバー' },
} as const satisfies Record<string, Text>;

type Answering = Extract<ServerLook, { answers: true }>;

function spread(looks: readonly ServerLook[], who: keyof typeof whose, fault: (look: Answering) => Text | undefined): Spread {
  const silent = looks.flatMap((look) => (look.answers ? [] : [says(look.server, look.said)]));
  const faults = looks.flatMap((look) => (look.answers ? (fault(look) ?? []) : []));
  const wrong = [...silent, ...faults];
  const done = looks.length - wrong.length;
  return {
    isEverywhere: wrong.length === 0,
    isAnywhere: done > 0,
    isOnlySilent: faults.length === 0,
    sentence: {
      en: [`${done} of ${looks.length} ${whose[who].en} answer anew.`, ...wrong.map(({ en }) => en)].join(' '),
      ja: [`${whose[who].ja} ${looks.length} 台中 ${done} 台が新しい応答を返します。`, ...wrong.map(({ ja }) => ja)].join(''),
    },
  };
}

const says = (server: string, said: string): Text => ({
  en: `${server} does not answer (${said}).`,
  ja: `${server} は応答しません(${said})。`,
});
const behind = (server: string, serial: number, wanted: number): Text => ({
  en: `${server} is at serial ${serial}, not ${wanted}.`,
  ja: `${server} のシリアルは ${serial} で、${wanted} ではありません。`,
});
const other = (server: string, set: RecordSet | null): Text => ({
  en: `${server} still says ${inWords(set)}.`,
  ja: `${server} の応答は ${inWords(set)} のままです。`,
});
