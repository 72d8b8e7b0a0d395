/** One look at a PostgreSQL server by SQL: role, timeline, positions, who streams, what is archived. PostgreSQL 14 to 18. */
import type { LiveNode, NodeReport, PrimaryRole, StandbyRole } from '../../domain/postgres/node-report.ts';
import { orSilence } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

/** A server that is well answers in milliseconds; one whose process is frozen takes the connection and says nothing. */
const lookMs = 2_000;

/**
 * `pg_control_checkpoint` knows a new timeline only after a checkpoint: a primary's own is in the name of the file it writes, a
 * standby's in what it receives, and once nobody sends any more, in the names of the files that it has received.
 */
const question = `
select
  clock_timestamp() as at,
  (select system_identifier::text from pg_control_system()) as "systemId",
  current_setting('server_version_num')::int as version,
  has_function_privilege('pg_promote(boolean, integer)', 'execute') as "mayPromote",
  case when pg_is_in_recovery()
    then greatest(
      (select timeline_id from pg_control_checkpoint()),
      (select min_recovery_end_timeline from pg_control_recovery()),
      (select received_tli from pg_stat_wal_receiver),
      (select max(('x' || substr(name, 1, 8))::bit(32)::int) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'))
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
  end as timeline,
  case when pg_is_in_recovery() then json_build_object(
    'is', 'standby',
    'received', pg_last_wal_receive_lsn(),
    'replayed', pg_last_wal_replay_lsn(),
    'isReplayPaused', pg_is_wal_replay_paused(),
    'lastCommitAt', to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'isStreaming', exists (select from pg_stat_wal_receiver where status = 'streaming'),
    'slot', nullif(current_setting('primary_slot_name'), '')
  ) else json_build_object(
    'is', 'primary',
    'position', pg_current_wal_lsn(),
    'oldest', (select '0/0'::pg_lsn + min(('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296
        + ('x' || substr(name, 17, 8))::bit(32)::bigint * (select setting::bigint from pg_settings where name = 'wal_segment_size'))::numeric
      from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'),
    'synchronous', current_setting('synchronous_standby_names'),
    'streams', (select coalesce(json_agg(json_build_object('name', application_name, 'state', state, 'sync', sync_state)), '[]')
      from pg_stat_replication),
    'slots', (select coalesce(json_agg(json_build_object('name', slot_name, 'active', active, 'wal', wal_status)), '[]')
      from pg_replication_slots where slot_type = 'physical'),
    'standbyLogin', case when $1::text is not null then coalesce((select case
        when not rolcanlogin or not (rolreplication or rolsuper) then 'refused'
        when rolvaliduntil < now() then 'expired'
        else 'well' end from pg_roles where rolname = $1), 'missing') end,
    'slot', nullif(current_setting('primary_slot_name'), ''),
    'archive', (select json_build_object(
      'on', current_setting('archive_mode') <> 'off',
      'waiting', (select count(*) from pg_ls_archive_statusdir() where name like '%.ready'),
      'failing', case when last_failed_time > coalesce(last_archived_time, '-infinity') then last_failed_wal end)
      from pg_stat_archiver)
  ) end as role`;

interface Answer extends Omit<LiveNode, 'node' | 'answers' | 'at'> {
  readonly at: Date;
  readonly role: PrimaryRole | StandbyRole;
}

export function lookAtNode(server: Server, secret: ReadSecret, signal?: AbortSignal): Promise<NodeReport> {
  const node = server.node.id;
  return orSilence<LiveNode>(node, async () => {
    const { rows, certificate } = await inSession(
      server,
      { secret, ms: lookMs, signal, isBoundByServer: false },
      async (client, peer) => {
        const asked = await client.query<Answer>(question, [server.settings.roles.replication?.user ?? null]);
        return { rows: asked.rows, certificate: peer.certificate };
      },
    );
    const { at, ...answer } = rows[0]!;
    return { node, answers: true, at: at.toISOString(), ...answer, ...(certificate && { certificate }) };
  });
}
