/** Counts tables and rows of a database: the small ones exactly, the rest by what PostgreSQL estimates. PostgreSQL 14 to 18. */
import type { RowCount } from '../../domain/postgres/row-count.ts';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

const sessionMs = 20_000;
/** Production is read as well: no more than this. */
const countMs = 10_000;

/**
 * Estimates come from the statistics of this server where it has any; a restored one has none, and goes by its catalogue.
 * Unlogged tables are empty after a restore, and rightly so.
 */
const question = `
select c.oid::regclass::text as name, has_table_privilege(c.oid, 'select') as readable,
  (case when s.n_live_tup + s.n_tup_ins + s.n_tup_del > 0 then s.n_live_tup else greatest(c.reltuples, 0) end)::float8 as estimate
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_user_tables s on s.relid = c.oid
where c.relkind in ('r', 'm') and c.relpersistence = 'p'
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
order by c.relpages`;

interface Table {
  readonly name: string;
  readonly readable: boolean;
  readonly estimate: number;
}

export function countRows(server: Server, secret: ReadSecret, signal?: AbortSignal): Promise<RowCount> {
  return inSession(server, { secret, ms: sessionMs, signal }, async (client) => {
    const until = performance.now() + countMs;
    const tables = (await client.query<Table>(question)).rows;
    let [rows, estimated] = [0, 0];
    for (const { name, readable, estimate } of tables) {
      const left = Math.floor(until - performance.now());
      const counted = readable && left > 0 ? await count(name, left) : undefined;
      if (counted === undefined) estimated += 1;
      rows += counted ?? estimate;
    }
    return { tables: tables.length, rows: Math.round(rows), estimated };

    /** Names come quoted from the server itself. Undefined where the time is over. */
    async function count(name: string, left: number): Promise<number | undefined> {
      await client.query(`set statement_timeout = ${left}`);
      try {
        return Number((await client.query<{ n: string }>(`select count(*) as n from ${name}`)).rows[0]!.n);
      } catch (error) {
        // query_canceled
        if ((error as { code?: string }).code === '57014') return undefined;
        throw error;
      }
    }
  });
}
