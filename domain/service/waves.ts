/** In which order the members of a service are moved, and which of them side by side. */
import type { Member } from './words.ts';

type Ordered = Pick<Member, 'target' | 'kind' | 'tier' | 'needs' | 'zones'>;

/**
 * Waves of members: what is in one wave is moved side by side, each wave when users can be led to all of the one before. A tier
 * follows the one before it, a member those that it needs; a zone is not switched while another member repoints clients in it.
 * Members that wait for each other in a circle end up in no wave.
 */
export function wavesOf<M extends Ordered>(members: readonly M[]): M[][] {
  const waves: M[][] = [];
  let left = [...members];
  for (;;) {
    const tier = Math.min(...left.map((one) => one.tier));
    const isFree = (one: M): boolean => one.tier === tier && needsOf(one, members).every((need) => !left.some(isCalled(need)));
    const wave = left.filter(isFree);
    if (wave.length === 0) return waves;
    waves.push(wave);
    left = left.filter((one) => !wave.includes(one));
  }
}

const isCalled =
  (target: string) =>
  (one: Ordered): boolean =>
    one.target === target;

function needsOf(one: Ordered, members: readonly Ordered[]): string[] {
  const repointing = members.filter(
    ({ tier, zones }) => one.kind === 'dns-zone' && tier <= one.tier && zones.includes(one.target),
  );
  return [...one.needs, ...repointing.map(({ target }) => target)];
}
