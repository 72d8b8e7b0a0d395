/** Writes a restore point and closes the file of the log that it lies in. */
import type { LogMark } from '../../activities/ports/postgres-backups.ts';
import { orFailure } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

const markMs = 10_000;

export interface WrittenMark extends LogMark {
  /** Of every file of this cluster's log. */
  readonly fileBytes: number;
}

export function markLog(server: Server, name: string, secret: ReadSecret, signal?: AbortSignal): Promise<WrittenMark> {
  return orFailure(server.node.id, () =>
    inSession(server, { secret, ms: markMs, signal }, async (client) => {
      const { rows } = await client.query<{ position: string; file: string; at: Date; bytes: string }>(
        `select p::text as position, pg_walfile_name(p) as file, clock_timestamp() as at,
           pg_size_bytes(current_setting('wal_segment_size'))::text as bytes
         from pg_create_restore_point($1) as p`,
        [name],
      );
      const { position, file, at, bytes } = rows[0]!;
      await client.query('select pg_switch_wal()');
      return { name, position, file, at: at.toISOString(), fileBytes: Number(bytes) };
    }),
  );
}
