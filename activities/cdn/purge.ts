/** A CDN before the sides is told to forget what it fetched, and seen from outside. */
import type { CdnSettings } from '../../contracts/cdn-settings.ts';
import { bodyOfPurge, eventOfPurge, judgeSide, type Purge } from '../../domain/cdn.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import type { CdnActivities, CdnPurged } from './interface.ts';
import { until, type Seen } from '../until.ts';

type Input<Name extends keyof CdnActivities> = Parameters<CdnActivities[Name]>[0];

/** What leads users to a side: the names of a zone, or proxies. */
interface Leader {
  readonly zone?: string | undefined;
  readonly cdn?: CdnSettings | undefined;
}

const fetchMs = 5_000;

export async function purge(ports: Ports, input: Input<'purgeCdn'>, signal?: AbortSignal): Promise<CdnPurged> {
  const leader = leaderOf(ports, input.target);
  if (leader.cdn === undefined) return { already: true, sentence: noneDeclared };
  if (input.onlyIfStale) {
    const seen = await lookAtCdn(ports, leader.cdn, input.side, signal);
    if (seen.isEverywhere) return { already: true, sentence: seen.sentence };
  }
  await tellToForget(ports, leader, { ...input, recovery: checkedName(input.recovery) }, signal);
  return { already: false, sentence: { en: 'The CDN forgets what it fetched.', ja: 'CDN のキャッシュを消去しました。' } };
}

/** Twice is fine. Fails: cdn-silent, cdn-refused. */
export async function tellToForget(
  { messenger }: Ports,
  { zone, cdn }: Leader,
  wish: Omit<Purge, 'zone'>,
  signal?: AbortSignal,
): Promise<void> {
  if (cdn === undefined) return;
  const event = { ...wish, zone };
  const attempt = await messenger.post(
    { id: `${wish.target}-cdn`, ...cdn.purge },
    { event: eventOfPurge(event), body: bodyOfPurge(event) },
    signal,
  );
  signal?.throwIfAborted();
  if (attempt.taken) return;
  throw fail(attempt.again ? 'cdn-silent' : 'cdn-refused', {
    en: `The CDN was not purged: ${attempt.why}.`,
    ja: `CDN をパージできませんでした(${attempt.why})。`,
  });
}

export async function awaitSide(ports: Ports, { target, side }: Input<'awaitCdn'>, signal?: AbortSignal): Promise<Text> {
  const { cdn } = leaderOf(ports, target);
  if (cdn === undefined) return noneDeclared;
  return until(() => lookAtCdn(ports, cdn, side, signal), cdn.probe.seconds, 'cdn-stale', signal);
}

/** Whether a user gets that side through it. */
export async function checkCdn(ports: Ports, cdn: CdnSettings, side: string, signal?: AbortSignal): Promise<Check> {
  const { isEverywhere, sentence } = await lookAtCdn(ports, cdn, side, signal);
  return { id: 'cdn', ok: isEverywhere, sentence };
}

const lookAtCdn = async ({ prober }: Ports, { probe }: CdnSettings, side: string, signal?: AbortSignal): Promise<Seen> =>
  judgeSide(await prober.readHttp(probe.url, fetchMs, signal), probe, side);

/** Fails: unknown-target. */
function leaderOf(ports: Ports, id: string): Leader {
  const entry = ports.inventory().targets.find((target) => target.id === id);
  if (entry) return entry as Leader;
  throw fail('unknown-target', { en: `There is no target ${id}.`, ja: `対象 ${id} はありません。` });
}

const noneDeclared: Text = { en: 'No CDN is declared any more.', ja: 'CDN の定義がなくなりました。' };
