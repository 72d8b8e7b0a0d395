/** How far a database is to be recovered, in the words of a request and in those of the server. */
import { expect, test } from 'vitest';
import { parseRecoveryGoal, type AskedGoal } from '../../../domain/postgres/parse-goal.ts';

const parse = (asked: AskedGoal) => parseRecoveryGoal(asked, 'Asia/Tokyo');

test.each<[AskedGoal, object, string]>([
  [
    { at: '2024-01-20 14:30:00.25 JST' },
    { kind: 'time', at: '2024-01-20T05:30:00.250000Z' },
    '2024-01-20 14:30:00.25 JST is 2024-01-20T05:30:00.250000Z.',
  ],
  [{ lsn: ' 0/3000148 ' }, { kind: 'lsn', lsn: '0/3000148' }, 'To the position 0/3000148 in the log.'],
  [{ lsn: '00000016/b374d848' }, { kind: 'lsn', lsn: '16/B374D848' }, 'To the position 16/B374D848 in the log.'],
  [{ transaction: '7421' }, { kind: 'xid', xid: '7421' }, 'To the end of transaction 7421.'],
  [{ transaction: '0004294974717' }, { kind: 'xid', xid: '4294974717' }, 'To the end of transaction 4294974717.'],
  [{ restorePoint: 'before v2' }, { kind: 'name', name: 'before v2' }, 'To the restore point before v2.'],
  [{ restorePoint: '本番前'.repeat(7) }, { kind: 'name' }, `To the restore point ${'本番前'.repeat(7)}.`],
])('%j', (asked, goal, sentence) => {
  const parsed = parse(asked);
  expect(parsed).toMatchObject({ ok: true, ...goal });
  expect(parsed.sentence.en).toBe(sentence);
});

const noLsn = 'is no position in the log: two hexadecimal numbers with a slash between, such as 0/3000148.';
const noTransaction = 'is no transaction id: a whole number such as 7421.';
const noName = 'A restore point has a name on one line, as it was given to pg_create_restore_point.';
test.each<[AskedGoal, string]>([
  [{ at: '2024-02-30 14:30:00 JST' }, 'There is no 2024-02-30 in the calendar.'],
  [{ lsn: '3000148' }, `"3000148" ${noLsn}`],
  [{ lsn: '0/G' }, `"0/G" ${noLsn}`],
  [{ lsn: '0/0' }, `"0/0" ${noLsn}`],
  [{ lsn: '000000000/1' }, `"000000000/1" ${noLsn}`],
  [{ transaction: '-5' }, `"-5" ${noTransaction}`],
  [{ transaction: '7.5' }, `"7.5" ${noTransaction}`],
  [{ transaction: '18446744073709551616' }, `"18446744073709551616" ${noTransaction}`],
  [{ transaction: '2' }, '2 is no transaction of anybody: the first three ids belong to the server itself.'],
  [{ transaction: '4294967297' }, '4294967297 is no transaction of anybody: the first three ids belong to the server itself.'],
  [{ restorePoint: ' ' }, noName],
  [{ restorePoint: "x\nrecovery_target_action = 'promote'" }, noName],
  [{ restorePoint: '本番前'.repeat(8) }, 'The name of the restore point has 72 bytes; PostgreSQL takes 63 at most.'],
])('%j is refused', (asked, reason) => {
  const parsed = parse(asked);
  expect(parsed.ok).toBe(false);
  expect(parsed.sentence.en).toBe(reason);
  expect(parsed.sentence.ja).toMatch(/[ぁ-んァ-ン一-龠]/);
});
