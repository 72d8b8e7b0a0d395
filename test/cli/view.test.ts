/** What a gate says in a terminal: who may decide, who did so far, and what is out of the usual. */
import { expect, test } from 'vitest';
import { statusDocumentOf } from '../../api/documents.ts';
import { waitingLines } from '../../cli/client/view.ts';
import type { Waiting } from '../../domain/recovery.ts';
import { gateOfPlan, stateOf } from '../support/api.ts';

const lines = (more: Partial<Waiting>): string[] => {
  const state = stateOf({ waitingFor: [{ ...gateOfPlan(), ...more }] });
  return waitingLines(statusDocumentOf({ state }, 'en').waitingFor[0]!).map((line) => line.trim());
};

test('a gate for one says nothing of numbers', () => {
  expect(lines({}).filter((line) => /takes|alone|overrides/.test(line))).toEqual([]);
});

test('a gate for two says who has decided so far', () => {
  expect(lines({ need: 2 })).toContain('takes 2; so far: nobody');
  const votes = [{ by: 'ren', decision: 'approve' as const, at: '2026-11-22T10:00:00Z' }];
  expect(lines({ need: 2, votes })).toContain('takes 2; so far: ren approve');
});

test('going on alone and overriding a safety check are named with what follows', () => {
  expect(lines({ aloneFrom: '2026-11-22T10:08:00.000Z' })).toContain(
    'from 2026-11-22T10:08:00.000Z one operator may go on alone: a review opens',
  );
  expect(lines({ breakGlass: true, need: 2 })).toContain('skip overrides a safety check: a review opens');
});
