/** The verb of a CDN before the sides: it forgets what it fetched, and over is when a user gets the new side through it. */
import type { CdnActivities } from '../../activities/cdn/interface.ts';
import type { Text } from '../../domain/text.ts';
import type { Recovery } from '../kit/words.ts';

interface Led {
  readonly target: string;
  readonly side: string;
  /** Names or proxies were changed; otherwise it is purged only where it is not of that side. */
  readonly isChanged: boolean;
}

/** Answers whether people gave up on it. */
export function refreshCdn(r: Recovery, { target, side, isChanged }: Led): Promise<boolean> {
  const on = r.on<CdnActivities>();
  let turns = 0;
  return r.act<boolean>('purge the CDN', {
    would,
    dry: false,
    async act() {
      // A person's retry is another purge: what it fetched since from the old side goes too.
      turns += 1;
      const purged = await on.patient.purgeCdn({ target, recovery: r.id, side, turn: `${turns}`, onlyIfStale: !isChanged });
      const sentence = await r.untilCancelled(() => on.patient.awaitCdn({ target, side }));
      return { value: false, outcome: purged.already ? 'already-done' : 'done', sentence };
    },
    skip: { value: true, breakGlass: true },
  });
}

const would: Text = {
  en: 'Would purge the CDN and wait until it answers from the new side.',
  ja: 'CDN をパージし、新しい側から応答するまで待つ予定。',
};
