/** The plan of a change of names: which record sets become what, how much of the zone that is, and how long the old ones are kept. */
import { digestBeside } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { no, type Verdict } from '../verdict.ts';
import { areSame, haveSameValues, inWords, recordSet, type Place, type RecordSet } from './records.ts';
import type { ServerAnswer } from './server-look.ts';

/** A switch as the inventory declares it. */
export interface DeclaredSwitch extends Place {
  readonly ttl: number;
  readonly sides: Readonly<Record<string, readonly string[]>>;
}

export interface PlannedSet extends Place {
  readonly before: RecordSet | null;
  readonly after: RecordSet | null;
}

export interface DnsPlan {
  readonly target: string;
  readonly zone: string;
  readonly recovery: string;
  /** Those that change. */
  readonly sets: readonly PlannedSet[];
  /** Those that stand as they should. */
  readonly kept: readonly PlannedSet[];
  /** Of the whole zone; undefined where nobody knows. */
  readonly recordSets?: number;
  readonly digest: string;
}

/** Lowering leads nobody anywhere yet and is for those that will be led; restoring gives each the TTL that is declared. */
export type Turn = 'lower' | 'switch' | 'restore';

export interface Wish {
  readonly turn: Turn;
  readonly side: string;
  /** No TTL is higher before it is restored; left out, the declared one counts at once. */
  readonly atMost?: number | undefined;
}

type Head = Pick<DnsPlan, 'target' | 'zone' | 'recovery' | 'recordSets'>;

/** `primary` was asked for `switches`, in their order. */
export function planSwitch(
  head: Head,
  switches: readonly DeclaredSwitch[],
  { sets }: Pick<ServerAnswer, 'sets'>,
  wish: Wish,
): DnsPlan {
  const all = switches.map((one, n): PlannedSet => {
    const before = sets[n]!;
    return { id: one.id, name: one.name, type: one.type, before, after: afterwards(one, before, wish) };
  });
  const plan: DnsPlan = {
    ...head,
    sets: all.filter(({ before, after }) => !areSame(before, after)),
    kept: all.filter(({ before, after }) => areSame(before, after)),
    digest: '',
  };
  return { ...plan, digest: digestBeside(plan) };
}

function afterwards(
  { type, ttl, sides }: DeclaredSwitch,
  before: RecordSet | null,
  { turn, side, atMost }: Wish,
): RecordSet | null {
  const there = recordSet(type, ttl, sides[side]!);
  if (turn === 'restore') return before && { ...before, ttl };
  const lowered = Math.min(before?.ttl ?? ttl, atMost ?? Infinity);
  if (turn === 'switch') return atMost === undefined ? there : { ...there, ttl: lowered };
  return before === null || haveSameValues(before, there) ? before : { ...before, ttl: lowered };
}

/** So many record sets a zone has before a share of it says anything. */
const fewSets = 10;

export function mayTouch({ sets, recordSets, zone }: DnsPlan, most: number): Verdict {
  if (recordSets === undefined && sets.length > 0) {
    return no(
      `Nobody knows how much of ${zone} this is: the primary allows our key no transfer, and the inventory states no recordSets.`,
      `${zone} に占める割合が分かりません。鍵にゾーン転送が許可されておらず、インベントリに recordSets がありません。`,
    );
  }
  const share = shareOf({ sets, ...(recordSets !== undefined && { recordSets }) });
  if ((recordSets ?? 0) < fewSets || share <= most) return { ok: true, sentence: { en: 'It is little.', ja: '範囲内です。' } };
  const [percent, limit] = [Math.round(share * 100), Math.round(most * 100)];
  return no(
    `It touches ${sets.length} of ${recordSets} record sets of ${zone}, ${percent} %, and ${limit} % are allowed.`,
    `${zone} の ${recordSets} レコードセット中 ${sets.length}(${percent} %)に及び、上限は ${limit} % です。`,
  );
}

const shareOf = ({ sets, recordSets }: Pick<DnsPlan, 'sets' | 'recordSets'>): number =>
  sets.length === 0 ? 0 : Math.min(1, sets.length / (recordSets ?? sets.length));

/** Seconds that somebody may keep what stood there. */
export const keptFor = ({ sets }: Pick<DnsPlan, 'sets'>, negativeTtl: number): number =>
  Math.max(0, ...sets.map(({ before }) => before?.ttl ?? negativeTtl));

/** What people read and approve. Another TTL alone overwrites nothing that anybody would miss. */
export function headOfSwitch(plan: DnsPlan, ref: string): Plan {
  const { sets, kept, zone, digest } = plan;
  const changes = [...sets, ...kept].map(asChange);
  const count = (action: PlannedChange['action']): number => changes.filter((one) => one.action === action).length;
  return {
    summary: sets.length === 0 ? asTheyShould(zone) : inOrder(sets),
    digest,
    size: { items: sets.length, bytes: 0, share: shareOf(plan) },
    counts: { add: count('add'), overwrite: count('overwrite'), keep: count('keep'), remove: 0 },
    changes: changes.slice(0, shown),
    truncated: changes.length > shown,
    ref,
  };
}

const shown = 40;
const told = 5;

function asChange({ name, type, before, after }: PlannedSet): PlannedChange {
  const isKept = areSame(before, after);
  const action = isKept ? 'keep' : before === null || haveSameValues(before, after) ? 'add' : 'overwrite';
  return { action, path: `${name} ${type}`, before: inWords(before), ...(!isKept && { after: inWords(after) }) };
}

function inOrder(sets: readonly PlannedSet[]): Text {
  const more = sets.length - told;
  const lines = sets
    .slice(0, told)
    .map(({ name, type, before, after }) => `${name} ${type} ${inWords(before)} → ${inWords(after)}`);
  return {
    en: `${lines.join('; ')}${more > 0 ? `, and ${more} more` : ''}.`,
    ja: `${lines.join('、')}${more > 0 ? ` ほか ${more} 件` : ''}。`,
  };
}

const asTheyShould = (zone: string): Text => ({
  en: `The names of ${zone} stand as they should.`,
  ja: `${zone} のレコードは既に目的の状態です。`,
});
