/** How two copies of one cluster differ, row by row: every row of small tables, one in so many of large ones. PostgreSQL 14 to 18. */
import type pg from 'pg';
import {
  compareRows,
  type Difference,
  type RowDigest,
  type TableDifference,
  type WhyUnseen,
} from '../../domain/postgres/difference.ts';
import type { ReadSecret } from '../secrets.ts';
import { objectsQuestion, tablesQuestion, type DatabaseObject, type ComparedTable } from './compare-questions.ts';
import { inSession, type Server } from './session.ts';

/** Production is read as well: no more than this for everything, and for each table. */
const compareMs = 120_000;
const tableMs = 30_000;
/** Of more rows than these a sample is taken. */
const exactRows = 100_000;

type Pair<T> = readonly [now: T, then: T];
type Parts = {
  tables: TableDifference[];
  schema: { onlyNow: string[]; onlyThen: string[]; changed: string[] };
  unseen: Difference['unseen'][number][];
};

/** Throws NoAnswer where one of them does not answer. Only reads, on both sides in one snapshot for each database. */
export async function compareDatabases(now: Server, then: Server, secret: ReadSecret, signal?: AbortSignal): Promise<Difference> {
  const until = performance.now() + compareMs;
  const [before, after] = await Promise.all([now, then].map((server) => databasesOf(server, secret, signal)));
  const parts: Parts = { tables: [], schema: { onlyNow: [], onlyThen: [], changed: [] }, unseen: [] };
  const named = (names: readonly string[]): string[] => names.map((name) => `database ${name}`);
  parts.schema.onlyNow.push(...named([...before!.keys()].filter((name) => !after!.has(name))));
  parts.schema.onlyThen.push(...named([...after!.keys()].filter((name) => !before!.has(name))));
  for (const [database, mayConnect] of before!) {
    if (!after!.has(database)) continue;
    if (!mayConnect) {
      parts.unseen.push({ what: `database ${database}`, why: 'not-allowed' });
      continue;
    }
    const isOwn = database === now.settings.database;
    const at = (server: Server): Server => ({ ...server, settings: { ...server.settings, database } });
    const options = { secret, ms: compareMs + tableMs, signal };
    await inSession(at(now), options, (one) =>
      inSession(at(then), options, (other) => compareOne([one, other], isOwn ? '' : `${database}: `, parts, until)),
    );
  }
  return parts;
}

async function databasesOf(server: Server, secret: ReadSecret, signal?: AbortSignal): Promise<Map<string, boolean>> {
  const { rows } = await inSession(server, { secret, ms: 5_000, signal }, (client) =>
    client.query<{ name: string; may: boolean }>(
      `select datname as name, has_database_privilege(datname, 'connect') as may
      from pg_database where datallowconn and not datistemplate order by 1`,
    ),
  );
  return new Map(rows.map(({ name, may }) => [name, may]));
}

async function compareOne(
  clients: Pair<pg.Client>,
  prefix: string,
  { tables, schema, unseen }: Parts,
  until: number,
): Promise<void> {
  const both = <T>(ask: (client: pg.Client) => Promise<T>): Promise<Pair<T>> =>
    Promise.all(clients.map(ask)) as unknown as Promise<Pair<T>>;
  await both(async (client) => {
    await client.query('begin isolation level repeatable read read only');
    // Both sides word every value in the same way, whatever their settings are.
    await client.query(`select set_config(name, value, true) from (values ('search_path', ''), ('timezone', 'UTC'), ('datestyle', 'ISO'),
      ('intervalstyle', 'iso_8601'), ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('lc_monetary', 'C')) as own(name, value)`);
  });
  const objects = await both(async (client) => {
    const { rows } = await client.query<DatabaseObject>(objectsQuestion);
    // Roles belong to the whole cluster: they are told once.
    return prefix === '' ? rows : rows.filter(({ kind }) => kind !== 'role');
  });
  const differing = compareObjects(objects, prefix);
  for (const side of ['onlyNow', 'onlyThen', 'changed'] as const) schema[side].push(...differing[side]);

  const [now, then] = await both(async (client) => (await client.query<ComparedTable>(tablesQuestion)).rows);
  const counterparts = new Map(then.map((table) => [table.name, table]));
  for (const table of now) {
    const other = counterparts.get(table.name);
    if (other === undefined) continue;
    const found = await compareTable(clients, [table, other], until);
    if (typeof found === 'string') unseen.push({ what: prefix + table.name, why: found });
    else tables.push({ table: prefix + table.name, ...found });
  }
}

async function compareTable(
  clients: Pair<pg.Client>,
  [now, then]: Pair<ComparedTable>,
  until: number,
): Promise<Omit<TableDifference, 'table'> | WhyUnseen> {
  if (now.isUnlogged || then.isUnlogged) return 'unlogged';
  if (!now.isReadable || !then.isReadable) return 'not-allowed';
  const common = Object.keys(now.columns).filter((name) => now.columns[name] === then.columns[name]);
  if (common.length === 0) return 'no-common-column';
  const hasKey = now.key.length > 0 && now.key.join() === then.key.join() && now.key.every((name) => common.includes(name));
  const key = hasKey ? now.key : undefined;
  const oneIn = Math.max(1, Math.ceil(Math.max(now.rows, then.rows) / exactRows));
  const left = Math.min(tableMs, Math.floor(until - performance.now()));
  if (left <= 0) return 'no-time';
  const question = rowsQuestion(now.name, key, common.toSorted(), oneIn);
  const asked = await Promise.allSettled(clients.map((client) => digestsOf(client, question, left)));
  const [before, after] = asked.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  return before === undefined || after === undefined ? 'no-time' : compareRows(before, after, oneIn);
}

/** Names come quoted from the server itself. */
function rowsQuestion(table: string, key: readonly string[] | undefined, columns: readonly string[], oneIn: number): string {
  const digest = (names: readonly string[]): string => `md5(row(${names.join(', ')})::text)`;
  const sample = oneIn === 1 ? '' : `where ('x' || left(${digest(key ?? columns)}, 8))::bit(32)::bigint % ${oneIn} = 0`;
  return `select ${key ? digest(key) : 'null'}, ${digest(columns)} from only ${table} ${sample}`;
}

/** Undefined where it took longer. */
async function digestsOf(client: pg.Client, text: string, ms: number): Promise<RowDigest[] | undefined> {
  await client.query('savepoint one_table');
  await client.query(`set local statement_timeout = ${ms}`);
  try {
    return (await client.query<[string | null, string]>({ text, rowMode: 'array' })).rows;
  } catch (error) {
    // query_canceled
    if ((error as { code?: string }).code !== '57014') throw error;
    return undefined;
  } finally {
    await client.query('rollback to savepoint one_table');
  }
}

function compareObjects([now, then]: Pair<readonly DatabaseObject[]>, prefix: string): Difference['schema'] {
  const name = ({ kind, name: own }: DatabaseObject): string => `${kind} ${prefix}${own}`;
  const [before, after] = [now, then].map((objects) => new Map(objects.map((one) => [name(one), one.digest]))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  return {
    onlyNow: [...before.keys()].filter((one) => !after.has(one)),
    onlyThen: [...after.keys()].filter((one) => !before.has(one)),
    changed: [...before.keys()].filter((one) => after.has(one) && after.get(one) !== before.get(one)),
  };
}
