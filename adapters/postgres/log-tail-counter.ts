/** Counts what `pg_waldump` prints behind a position: commits, and the rows that they wrote. PostgreSQL 14 to 18. */
import { bytesAhead } from '../../domain/postgres/lsn.ts';
import type { LogTail } from '../../domain/postgres/node-state.ts';

/** `rmgr: Heap len (rec/tot): 59/ 59, tx: 737, lsn: 0/030001A8, prev 0/03000170, desc: INSERT off 1 …` */
const record = /^rmgr: (\w+)\s+len \(rec\/tot\):\s*\d+\/\s*(\d+), tx:\s*(\d+), lsn: ([0-9A-F/]+), prev [0-9A-F/]+, desc: (.*)$/;
const rowWork = /^(INSERT|UPDATE|HOT_UPDATE|DELETE)\b/;
/** `MULTI_INSERT 226 tuples` until PostgreSQL 15, `MULTI_INSERT ntuples: 226` since. */
const manyRows = /^MULTI_INSERT\S* (?:ntuples: )?(\d+)/;
/** Relations below this number are PostgreSQL's own. */
const firstUserRelation = 16_384;
/** Where a log ends there is a hole, or what was there before: any of these. */
const noFurtherRecord = /could not find a valid record|error in WAL record/;
/** Records begin at multiples of this. */
const alignment = 8;

export class LogTailCounter {
  readonly #rowsOf = new Map<string, number>();
  #end: string;
  #endBytes = 0;
  #commits = 0;
  #rows = 0;
  #first: string | null = null;
  #last: string | null = null;
  readonly #from: string;

  constructor(from: string) {
    this.#from = from;
    this.#end = from;
  }

  take(line: string): void {
    const [, manager, total, tx, at, what] = record.exec(line) ?? [];
    if (manager === undefined || total === undefined || tx === undefined || at === undefined || what === undefined) return;
    this.#end = at;
    this.#endBytes = Math.ceil(Number(total) / alignment) * alignment;
    if (manager === 'Heap' || manager === 'Heap2') this.#takeRows(tx, what);
    if (manager === 'Transaction') this.#takeCommit(tx, what);
  }

  /** The program ends well behind the last file, and before that by not finding another record. Throws where it could not read at all. */
  result({ code, said }: { readonly code: number | null; readonly said: string }): LogTail {
    if (code !== 0 && !noFurtherRecord.test(said)) {
      throw new Error(said.trim().slice(0, 200) || 'pg_waldump ended without a word');
    }
    return {
      bytes: bytesAhead(this.#from, this.#end) + this.#endBytes,
      commits: this.#commits,
      rows: this.#rows,
      firstCommitAt: this.#first,
      lastCommitAt: this.#last,
    };
  }

  #takeRows(tx: string, what: string): void {
    const relation = Number(/\brel \d+\/\d+\/(\d+)/.exec(what)?.[1] ?? 0);
    if (relation < firstUserRelation) return;
    const rows = rowWork.test(what) ? 1 : Number(manyRows.exec(what)?.[1] ?? 0);
    if (rows > 0) this.#rowsOf.set(tx, (this.#rowsOf.get(tx) ?? 0) + rows);
  }

  #takeCommit(tx: string, what: string): void {
    const at = /^COMMIT(?: PREPARED)? .*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) UTC/.exec(what)?.[1];
    if (at === undefined) {
      if (what.startsWith('ABORT')) this.#rowsOf.delete(tx);
      return;
    }
    const parts = [tx, ...(/; subxacts: ([\d ]+)/.exec(what)?.[1]?.trim().split(' ') ?? [])];
    for (const part of parts) {
      this.#rows += this.#rowsOf.get(part) ?? 0;
      this.#rowsOf.delete(part);
    }
    this.#commits += 1;
    const iso = `${at.slice(0, 10)}T${at.slice(11, 23)}Z`;
    this.#first ??= iso;
    this.#last = iso;
  }
}
