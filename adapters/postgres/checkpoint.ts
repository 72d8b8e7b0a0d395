/** A checkpoint of a primary, or the wait for one. Until its first one after a promotion, its files tell the timeline before. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

/** Where our role may not ask for one, the server makes one after a promotion by itself, as slowly as its settings say. */
const checkpointMs = 15 * 60_000;
const lookEveryMs = 200;

const knowsItsTimeline = `
select timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as known from pg_control_checkpoint()`;

export const checkpoint = (server: Server, secret: ReadSecret, signal?: AbortSignal): Promise<void> =>
  inSession(server, { secret, ms: checkpointMs, signal, role: 'replication' }, async (client) => {
    try {
      await client.query('checkpoint');
    } catch (error) {
      // Members of pg_checkpoint may, from PostgreSQL 15 on; before, only superusers.
      if ((error as pg.DatabaseError).code !== '42501') throw error;
      while ((await client.query<{ known: boolean }>(knowsItsTimeline)).rows[0]?.known !== true) await delay(lookEveryMs);
    }
  });
