/** Looks through one database for what breaks silently: constraints, indexes, sequences, collations, checksums. PostgreSQL 14 to 18. */
import type pg from 'pg';
import type { Inspection, Named } from '../../domain/postgres/inspection.ts';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

const inspectMs = 30_000;
/** Of this `amcheck` may take so much: it reads every index. */
const indexCheckMs = 15_000;
const namesTold = 5;
const ours = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'`;

const question = `
select
  current_database() as database,
  (select count(*)::int from pg_stat_user_tables) as tables,
  (select coalesce(sum(n_live_tup), 0)::float8 from pg_stat_user_tables) as rows,
  array(select conrelid::regclass || '.' || conname from pg_constraint where not convalidated order by 1) as unvalidated,
  array(select indexrelid::regclass::text from pg_index where not (indisvalid and indisready) order by 1) as "invalidIndexes",
  array(select collname::text from pg_collation
    where collversion is not null and collversion is distinct from pg_collation_actual_version(oid) order by 1) as "movedCollations",
  case when current_setting('data_checksums') = 'on'
    then (select coalesce(sum(checksum_failures), 0)::float8 from pg_stat_database) end as "checksumFailures",
  exists (select from pg_extension where extname = 'amcheck') as "hasAmcheck"`;

/** Those that a column takes its numbers from, by `serial` or as an identity. */
const sequencesQuestion = `
select s.oid::regclass::text as name, d.refobjid::regclass::text as "table", quote_ident(a.attname) as "column", q.seqincrement > 0 as rising,
  pg_sequence_last_value(s.oid)::text as last
from pg_class s
join pg_namespace n on n.oid = s.relnamespace
join pg_sequence q on q.seqrelid = s.oid
join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where s.relkind = 'S' and ${ours}`;

const indexesQuestion = `
select c.oid, c.oid::regclass::text as name
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam join pg_namespace n on n.oid = c.relnamespace
where m.amname = 'btree' and i.indisvalid and c.relkind = 'i' and c.relpersistence <> 't' and ${ours}
order by c.relpages`;

interface Answer extends Pick<Inspection, 'database' | 'tables' | 'rows' | 'checksumFailures'> {
  readonly unvalidated: string[];
  readonly invalidIndexes: string[];
  readonly movedCollations: string[];
  readonly hasAmcheck: boolean;
}

interface Sequence {
  readonly name: string;
  readonly table: string;
  readonly column: string;
  readonly rising: boolean;
  /** Null before its first number. */
  readonly last: string | null;
}

const named = (names: readonly string[]): Named => ({ count: names.length, names: names.slice(0, namesTold) });

export function inspectDatabase(server: Server, secret: ReadSecret, signal?: AbortSignal): Promise<Inspection> {
  return inSession(server, { secret, ms: inspectMs, signal }, async (client) => {
    const { unvalidated, invalidIndexes, movedCollations, hasAmcheck, ...answer } = (await client.query<Answer>(question))
      .rows[0]!;
    const sequences = (await client.query<Sequence>(sequencesQuestion)).rows;
    const behind: string[] = [];
    for (const sequence of sequences) if (await isBehind(client, sequence)) behind.push(sequence.name);
    return {
      ...answer,
      unvalidated: named(unvalidated),
      invalidIndexes: named(invalidIndexes),
      movedCollations: named(movedCollations),
      sequences: sequences.length,
      behind: named(behind),
      indexCheck: hasAmcheck ? await checkIndexes(client) : { is: 'not-installed' },
    };
  });
}

/** Names come quoted from the server itself. */
async function isBehind(client: pg.Client, { table, column, rising, last }: Sequence): Promise<boolean> {
  const [most, beyond] = rising ? ['max', '>'] : ['min', '<'];
  const { rows } = await client.query<{ behind: boolean | null }>(
    `select ${most}(${column}) ${beyond} coalesce($1::numeric, ${rising ? "'-infinity'" : "'infinity'"}::numeric) as behind from ${table}`,
    [last],
  );
  return rows[0]?.behind === true;
}

async function checkIndexes(client: pg.Client): Promise<Inspection['indexCheck']> {
  const until = performance.now() + indexCheckMs;
  const indexes = (await client.query<{ oid: number; name: string }>(indexesQuestion)).rows;
  const broken: string[] = [];
  let checked = 0;
  for (const { oid, name } of indexes) {
    if (performance.now() > until) break;
    try {
      await client.query('select bt_index_check($1::oid::regclass)', [oid]);
    } catch (error) {
      const { code } = error as pg.DatabaseError;
      if (code === '42501' || code === '42883') return { is: 'not-allowed' };
      // index_corrupted and data_corrupted; anything else is no word about the index.
      if (code !== 'XX002' && code !== 'XX001') throw error;
      broken.push(name);
    }
    checked += 1;
  }
  return { is: 'done', indexes: checked, of: indexes.length, broken: named(broken) };
}
