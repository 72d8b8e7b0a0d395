/** What a comparison of two databases asks each of them: its tables, and everything else that has a definition. PostgreSQL 14 to 18. */

export interface ComparedTable {
  /** Quoted, as is everything below. */
  readonly name: string;
  readonly isUnlogged: boolean;
  readonly isReadable: boolean;
  /** As the server estimates them. */
  readonly rows: number;
  /** Types by the names of columns. */
  readonly columns: Readonly<Record<string, string>>;
  /** Columns of the primary key; empty without one. */
  readonly key: readonly string[];
}

export interface DatabaseObject {
  readonly kind: string;
  readonly name: string;
  readonly digest: string;
}

const ours = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`;

/** Small ones first. */
export const tablesQuestion = `
select format('%I.%I', n.nspname, c.relname) as name, c.relpersistence = 'u' as "isUnlogged",
  has_table_privilege(c.oid, 'select') as "isReadable",
  greatest(c.reltuples, s.n_live_tup, 0)::float8 as rows,
  (select coalesce(json_object_agg(quote_ident(attname), format_type(atttypid, atttypmod)), '{}') from pg_attribute
    where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
  array(select quote_ident(a.attname) from pg_index i, unnest(i.indkey) with ordinality as k(number, place)
    join pg_attribute a on a.attnum = k.number
    where i.indrelid = c.oid and a.attrelid = c.oid and i.indisprimary order by k.place) as key
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_user_tables s on s.relid = c.oid
where c.relkind = 'r' and c.relpersistence in ('p', 'u') and ${ours}
order by c.relpages`;

/** Definitions of whatever is no row. */
export const objectsQuestion = `
select kind, name, md5(definition) as digest from (
  select 'table' as kind, format('%I.%I', n.nspname, c.relname) as name,
    (select string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)),
      ',' order by a.attnum)
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as definition
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'f') and ${ours}
  union all
  select 'index', format('%I.%I', n.nspname, c.relname), pg_get_indexdef(c.oid)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('i', 'I') and ${ours}
  union all
  select 'constraint', format('%I.%I.%I', n.nspname, c.relname, k.conname), pg_get_constraintdef(k.oid)
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where ${ours}
  union all
  select 'view', format('%I.%I', n.nspname, c.relname), pg_get_viewdef(c.oid)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and ${ours}
  union all
  select 'function', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), pg_get_functiondef(p.oid)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prokind in ('f', 'p') and ${ours}
  union all
  select 'trigger', format('%I.%I.%I', n.nspname, c.relname, t.tgname), pg_get_triggerdef(t.oid)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and ${ours}
  union all
  select 'role', quote_ident(r.rolname), concat_ws(' ', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
    r.rolreplication, r.rolvaliduntil, array(select roleid::regrole from pg_auth_members where member = r.oid order by 1))
  from pg_roles r where r.rolname !~ '^pg_'
) as objects`;
