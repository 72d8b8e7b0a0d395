/** What `pg_waldump` prints, counted: the forms of PostgreSQL 15 and of later releases. */
import { expect, test } from 'vitest';
import { LogTailCounter } from '../../adapters/postgres/log-tail-counter.ts';

const end = 'pg_waldump: error: error in WAL record at 0/3000200: invalid record length at 0/3000238: wanted 24, got 0';
const line = (manager: string, tx: number, lsn: string, desc: string, total = 60): string =>
  `rmgr: ${manager.padEnd(11)} len (rec/tot):     59/${String(total).padStart(6)}, tx: ${String(tx).padStart(10)}, lsn: ${lsn}, prev 0/03000000, desc: ${desc}`;
const mine = ', blkref #0: rel 1663/5/16384 blk 0';
const commit = 'COMMIT 2026-11-28 19:10:00.123456 UTC';
const count = (...lines: string[]) => {
  const counter = new LogTailCounter('0/03000000');
  for (const one of lines) counter.take(one);
  return counter.result({ code: 1, said: end });
};

test.each<[string, number, string[]]>([
  [
    'single rows',
    3,
    [`INSERT off 1 flags 0x00${mine}`, `HOT_UPDATE off 1 xmax 7${mine}`, `DELETE off 1 flags 0x00 KEYS_UPDATED${mine}`],
  ],
  ['many rows, as 15 says it', 226, [`MULTI_INSERT+INIT 226 tuples flags 0x02${mine}`]],
  ['many rows, as 16 says it', 61, [`MULTI_INSERT ntuples: 61, flags: 0x02, offsets: [1, 2]${mine}`]],
  ['rows of the catalogs, which nobody counts', 0, ['INSERT off 1 flags 0x00, blkref #0: rel 1663/5/1259 blk 0']],
  [
    'locks and clean-up, which write no row',
    0,
    [`LOCK off 1: xid 7: flags 0x00${mine}`, `PRUNE snapshotConflictHorizon 7${mine}`],
  ],
])('%s: %i', (_, rows, described) => {
  const written = described.map((desc, n) => line(desc.startsWith('MULTI') ? 'Heap2' : 'Heap', 7, `0/0300010${n}`, desc));
  expect(count(...written, line('Transaction', 7, '0/03000200', commit))).toMatchObject({ commits: 1, rows });
});

test('what was rolled back, or never ended, is no loss', () => {
  const insert = (tx: number) => line('Heap', tx, '0/03000100', `INSERT off 1 flags 0x00${mine}`);
  expect(count(insert(7), line('Transaction', 7, '0/03000180', 'ABORT 2026-11-28 19:10:00.1 UTC'), insert(8))).toMatchObject({
    commits: 0,
    rows: 0,
    firstCommitAt: null,
  });
});

test('rows of savepoints belong to the commit that names them', () => {
  const insert = (tx: number) => line('Heap', tx, '0/03000100', `INSERT off 1 flags 0x00${mine}`);
  const together = count(
    insert(7),
    insert(8),
    insert(9),
    line('Transaction', 7, '0/03000180', `${commit}; subxacts: 8 9; inval msgs: catcache 7`),
  );
  expect(together).toEqual({
    bytes: 0x180 + 64,
    commits: 1,
    rows: 3,
    firstCommitAt: '2026-11-28T19:10:00.123Z',
    lastCommitAt: '2026-11-28T19:10:00.123Z',
  });
});

test('an empty tail has no bytes; a log that cannot be read is an error, not an empty one', () => {
  expect(
    new LogTailCounter('0/3000000').result({ code: 1, said: 'pg_waldump: error: could not find a valid record after 0/3000000' })
      .bytes,
  ).toBe(0);
  const unreadable = 'pg_waldump: error: could not find file "000000010000000000000003": No such file or directory';
  expect(() => new LogTailCounter('0/3000000').result({ code: 1, said: unreadable })).toThrow('could not find file');
  expect(() => new LogTailCounter('0/3000000').result({ code: 1, said: '' })).toThrow();
});
