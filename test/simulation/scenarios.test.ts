/** The product's scenarios on stores in memory, with random results, delays, failures, votes, cancellations and replays: the other half of CI's minute. */
import { expect, test } from 'vitest';
import { campaign, minutesOr } from '../support/simulation/campaign.ts';
import { simulatedScenarios } from '../support/simulation/simulations.ts';

const minutes = 0.5;

test(
  'every scenario keeps its word in every run',
  async () => {
    const { runs, reports, endings, summary } = await campaign('scenarios', await simulatedScenarios(), minutes);
    console.log(summary);
    expect(reports.join('\n\n')).toBe('');
    expect(runs).toBeGreaterThan(0);
    expect(Object.keys(endings)).not.toEqual([]);
  },
  minutesOr(minutes) * 60_000 + 60_000,
);
