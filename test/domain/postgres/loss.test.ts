/** What a failover loses, of one node or of several. */
import { describe, expect, test } from 'vitest';
import { allTails, decideLoss } from '../../../domain/postgres/loss.ts';
import type { LogTail } from '../../../domain/postgres/node-state.ts';
import { at } from '../../support/postgres/told-by-nodes.ts';

describe('a loss', () => {
  const tail = (commits: number): LogTail => ({ bytes: 10, commits, rows: 9, firstCommitAt: at, lastCommitAt: at });
  test('that nobody knows is over every budget, also where only one of several is unknown', () => {
    const unknown = allTails([tail(0), undefined]);
    expect(decideLoss({ tail: unknown, lastCommitAt: at, budgetMs: Infinity })).toMatchObject({ isWithin: false });
    expect(decideLoss({ tail: unknown, lastCommitAt: null, budgetMs: 1 }).sentence.en).toBe('What would be lost is unknown.');
    expect(decideLoss({ tail: unknown, lastCommitAt: at, budgetMs: 1 }).sentence.en).toContain(`no commit from before ${at}`);
    expect(decideLoss({ tail: unknown, lastCommitAt: at, budgetMs: 1 })).not.toHaveProperty('lostMs');
  });
  test('of several nodes is that of the one with most', () => {
    expect(allTails([tail(1), tail(3), tail(2)])?.commits).toBe(3);
    expect(allTails([])?.commits).toBe(0);
  });
});
