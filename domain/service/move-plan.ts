/** A move of a whole service as people approve it: which member goes from where to where, in which order. */
import { digestOf } from '../digest.ts';
import { namesIn } from '../one-of.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { placesOf, sideWell, type Member, type Place, type ProbeAnswer, type Whereabouts } from './words.ts';

export interface AskedMove {
  readonly target: string;
  readonly to: string;
  readonly planned: boolean;
  /** As wavesOf answers. */
  readonly waves: readonly (readonly Member[])[];
  readonly seen: readonly Whereabouts[];
  /** What the probes of each side said. */
  readonly sides: Readonly<Record<string, readonly ProbeAnswer[]>>;
}

/** The digest holds who goes where and in which way; what a probe says changes from one look to the next. */
export function planMove({ target, to, planned, waves, seen, sides }: AskedMove): Plan {
  const changes = waves.flatMap((wave, n) => placesOf(wave, seen).map((place) => changeOf(place, n + 1, to)));
  const moved = changes.filter(({ action }) => action === 'overwrite').length;
  const kept = changes.length - moved;
  const others = Object.entries(sides).filter(([side]) => side !== to);
  const aside = others.map(([side, answers]) => sideWell(side, answers));
  const hint = !planned && others.some(([, answers]) => answers.every(({ ok }) => ok)) ? plannedHint : { en: '', ja: '' };
  const digest = digestOf({
    to,
    planned,
    waves: waves.map((wave) => wave.map(({ target: id, leads }) => [id, leads[to]])),
    changes,
  });
  return {
    summary: {
      en: `${target} is moved to ${to}: ${moved} of ${changes.length} members, ${planned ? 'planned' : 'as in an outage'}. ${aside.map(({ en }) => en).join(' ')}${hint.en}`,
      ja: `${target} を ${to} に移します(${changes.length} 構成要素中 ${moved} 件、${planned ? '計画的な切替' : '障害時の切替'})。${aside.map(({ ja }) => ja).join('')}${hint.ja}`,
    },
    digest,
    size: { items: moved, bytes: 0, share: moved / changes.length },
    counts: { add: 0, overwrite: moved, keep: kept, remove: 0 },
    changes: changes.toSorted((a, b) => Number(a.action === 'keep') - Number(b.action === 'keep')),
    truncated: false,
    ref: '',
  };
}

const plannedHint: Text = {
  en: ' `planned: true` would lose nothing while both sides are well.',
  ja: '両側が正常なら `planned: true` で損失なく移せます。',
};

/** Of several nodes any one may take over, and people agree to each of them. */
function changeOf({ member, side, lead }: Place, wave: number, to: string): PlannedChange {
  const before = side === undefined ? (lead ?? 'unknown') : `${side} (${lead})`;
  const names = namesIn(member.leads[to]!);
  const after = `${to} (${names.length > 1 ? `one of ${names.join(', ')}` : names[0]})`;
  const isThere = side === to;
  return { action: isThere ? 'keep' : 'overwrite', path: `${wave}. ${member.target}`, before, after: isThere ? before : after };
}
