/** The kernel under its toys, with random results, delays, failures, votes, cancellations and replays: half of CI's minute. */
import { expect, test } from 'vitest';
import { campaign, minutesOr } from '../support/simulation/campaign.ts';
import { simulatedToys } from '../support/simulation/simulations.ts';

const minutes = 0.5;

test(
  'the kernel keeps its word in every run',
  async () => {
    const { runs, reports, endings, summary } = await campaign('toys', await simulatedToys(), minutes);
    console.log(summary);
    expect(reports.join('\n\n')).toBe('');
    expect(runs).toBeGreaterThan(0);
    expect(Object.keys(endings)).not.toEqual([]);
  },
  minutesOr(minutes) * 60_000 + 60_000,
);
