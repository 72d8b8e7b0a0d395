/** A whole service is moved to another side, and home again. */
import type { z } from 'zod';
import type { FieldError } from '../../domain/failures.ts';
import { zonesToRepoint } from '../endpoint-settings.ts';
import { regionFailbackInput, regionFailoverInput } from '../inputs/region-move.ts';
import type { TargetEntry } from '../inventory.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';
import { sideToMoveTo, type ServiceSettings } from '../service-settings.ts';

const settingsOf = (target: TargetEntry) => target as unknown as ServiceSettings;

/** Its members, and the zones in which their clients are repointed: two of them may share one. */
export function actsOn(_: unknown, target: TargetEntry, all: readonly TargetEntry[]): string[] {
  const members = settingsOf(target).members.map((member) => member.target);
  return [...members, ...all.filter(({ id }) => members.includes(id)).flatMap(zonesToRepoint)];
}

function refuseSide({ to }: { readonly to?: string | undefined }, target: TargetEntry): FieldError[] {
  const { sides } = settingsOf(target);
  const side = sideToMoveTo(settingsOf(target), to);
  if (side !== undefined && Object.hasOwn(sides, side)) return [];
  return [{ path: 'input.to', message: `one of ${Object.keys(sides).join(', ')}` }];
}

const move = { id: 'move', title: { en: 'Move a whole service', ja: 'サービス全体の移動' } } as const;
const common = { kinds: ['service'], objectives: { rtoMs: minutes(30), rpoMs: minutes(5) }, gates: [move], actsOn } as const;

export const regionFailoverEntry: ScenarioEntry = {
  ...common,
  id: 'region-failover',
  workflowType: 'regionFailover',
  title: { en: 'Whole service moved to another region', ja: 'リージョンフェイルオーバー' },
  summary: {
    en: 'Looks where every member works, activates the other side and proves that it is able, asks once, moves members in the order of tiers and needs and side by side where they can be, each with its fence and its proof, watches the new side, verifies.',
    ja: '各構成要素の稼働場所を調べ、移行先を起動して引き継げることを証明し、一度だけ承認を得て、階層と依存関係の順に(可能なら並行して)フェンスと証明を伴って移し、移行先を監視し、検証します。',
  },
  input: regionFailoverInput,
  refuse: (input, _, target) => refuseSide(input as z.infer<typeof regionFailoverInput>, target),
  runsAt: (input, target) => {
    const side = sideToMoveTo(settingsOf(target), (input as Partial<z.infer<typeof regionFailoverInput>>).to);
    return side === undefined ? undefined : settingsOf(target).sides[side]?.site;
  },
};

export const regionScenarios: readonly ScenarioEntry[] = [
  regionFailoverEntry,
  {
    ...common,
    id: 'region-failback',
    workflowType: 'regionFailback',
    title: { en: 'Whole service moved home again', ja: 'リージョンフェイルバック' },
    summary: {
      en: 'Activates home and proves that it is able, brings its databases back behind those that take the writes, asks, switches every member over without loss, watches, verifies.',
      ja: '元の側を起動して引き継げることを証明し、データベースを現在のプライマリに追従させ、承認を得て、損失なく全構成要素を切り替え、監視し、検証します。',
    },
    input: regionFailbackInput,
    runsAt: (_, target) => settingsOf(target).sides[settingsOf(target).home]?.site,
  },
];
