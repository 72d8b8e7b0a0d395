/** Which slot a standby is given. */
import { expect, test } from 'vitest';
import { slotFor } from '../../../domain/postgres/slot-name.ts';

test('a slot has the name that a standby uses already, or one that PostgreSQL takes', () => {
  expect(slotFor('db-a', 'mine')).toBe('mine');
  expect(slotFor('db-a', null)).toBe('okiagari_db_a');
});
