/** What is wrong with a service as a whole, and what is suggested. */
import { describe, expect, test } from 'vitest';
import { answerService } from '../../../domain/service/checklist.ts';
import { judgeService, suggestMove, type SeenService } from '../../../domain/service/judge-service.ts';
import type { Member } from '../../../domain/service/words.ts';

const leads = { home: ['a', 'c'], dr: 'b' };
const members: Member[] = ['db', 'cache'].map((target) => ({ target, kind: 'redis', tier: 1, needs: [], leads, zones: [] }));
const well = [{ probe: 'web', ok: true, said: 'status 200' }];
const ill = [{ probe: 'web', ok: false, said: 'timed-out' }];
const service = (db: string | undefined, cache: string | undefined, sides = { home: well, dr: well }): SeenService => ({
  ...{ home: 'home', members, sides },
  seen: [
    { target: 'db', lead: db, said: `${db} takes writes` },
    { target: 'cache', lead: cache, said: `${cache} takes writes` },
  ],
});
const found = (seen: SeenService): string[] => judgeService(seen).map(({ id }) => id);
const suggested = (seen: SeenService): string[] => suggestMove(seen).map(({ scenario }) => scenario);
const outcomes = (seen: SeenService) => answerService(seen).map(({ outcome }) => outcome);

describe.each([
  ['lives at home, and all is well', service('a', 'a'), [], [], ['ok', 'ok', 'ok']],
  ['lives on other nodes of home, and all is well', service('a', 'c'), [], [], ['ok', 'ok', 'ok']],
  ['works on a node of no side', service('a', 'd'), ['member-nowhere'], [], ['ok', 'ok', 'failed']],
  [
    'has lost home',
    service(undefined, undefined, { home: ill, dr: well }),
    ['side-ill', 'member-nowhere', 'member-nowhere'],
    ['region-failover'],
    ['failed', 'ok', 'failed'],
  ],
  [
    'has lost home and the other side',
    service('a', 'a', { home: ill, dr: ill }),
    ['side-ill', 'side-ill'],
    [],
    ['failed', 'failed', 'ok'],
  ],
  [
    'was moved away, and home is ill',
    service('b', 'b', { home: ill, dr: well }),
    ['side-ill', 'not-at-home'],
    [],
    ['ok', 'failed', 'ok'],
  ],
  ['was moved away, and home is well again', service('b', 'b'), ['not-at-home'], ['region-failback'], ['ok', 'ok', 'ok']],
  ['was left in the middle', service('a', 'b'), ['service-split'], [], ['ok', 'ok', 'failed']],
  ['has two who take writes', service('a', undefined), ['member-nowhere'], [], ['ok', 'ok', 'failed']],
])('a service that %s', (_, seen, symptoms, suggestions, answers) => {
  test('has these symptoms', () => expect(found(seen)).toEqual(symptoms));
  test('has this suggested', () => expect(suggested(seen)).toEqual(suggestions));
  test('fills in its checklist so', () => expect(outcomes(seen)).toEqual(answers));
});
