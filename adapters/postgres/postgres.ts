/** PostgreSQL servers over the network, by the client library `pg`. */
import type { Postgres } from '../../activities/ports/postgres.ts';
import { NoAnswer, orFailure } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { askCheck } from './ask-check.ts';
import { checkpoint } from './checkpoint.ts';
import { compareDatabases } from './compare-databases.ts';
import { countRows } from './count-rows.ts';
import { inspectDatabase } from './inspect-database.ts';
import { lookAtNode } from './look-at-node.ts';
import { inSession } from './session.ts';

/** A commit that takes longer hangs: on a full disk, or for a standby that is away. */
const commitMs = 5_000;
const promoteSeconds = 30;
const slotMs = 5_000;

export const createPostgres = (secret: ReadSecret): Postgres => ({
  look: (node, settings, signal) => lookAtNode({ node, settings }, secret, signal),

  inspect: (node, settings, signal) => orFailure(node.id, () => inspectDatabase({ node, settings }, secret, signal)),

  count: (node, settings, signal) => orFailure(node.id, () => countRows({ node, settings }, secret, signal)),

  compare: (now, then, settings, signal) =>
    orFailure(now.id, () => compareDatabases({ node: now, settings }, { node: then, settings }, secret, signal)),

  ask: (node, settings, question, signal) => orFailure(node.id, () => askCheck({ node, settings }, question, secret, signal)),

  commit: (node, settings, signal) =>
    orFailure(node.id, async () => {
      const from = performance.now();
      await inSession({ node, settings }, { secret, ms: commitMs, signal }, async (client) => {
        // A message in the log, for nobody: it is written, synced and waited for like any change, and no table knows of it.
        await client.query(`select pg_logical_emit_message(true, 'okiagari', 'verification')`);
      });
      return performance.now() - from;
    }),

  promote: (node, settings, signal) =>
    orFailure(
      node.id,
      () =>
        inSession({ node, settings }, { secret, ms: (promoteSeconds + 2) * 1_000, signal }, async (client) => {
          const { rows } = await client.query<{ done: boolean }>('select pg_promote(true, $1) as done', [promoteSeconds]);
          if (rows[0]?.done !== true) throw new NoAnswer('failed', `it did not promote within ${promoteSeconds} s`);
        }),
      // It may still come through: nobody else is promoted meanwhile.
      'promotion-failed',
    ),

  checkpoint: (node, settings, signal) => orFailure(node.id, () => checkpoint({ node, settings }, secret, signal)),

  keepSlot: (node, settings, slot, signal) =>
    orFailure(node.id, () =>
      inSession({ node, settings }, { secret, ms: slotMs, signal, role: 'replication' }, async (client) => {
        await client.query(
          `select pg_create_physical_replication_slot($1, true)
          where not exists (select from pg_replication_slots where slot_name = $1)`,
          [slot],
        );
      }),
    ),

  dropUnusedSlots: (node, settings, slots, signal) =>
    orFailure(node.id, () =>
      inSession({ node, settings }, { secret, ms: slotMs, signal, role: 'replication' }, async (client) => {
        await client.query(
          `select pg_drop_replication_slot(slot_name) from pg_replication_slots
          where slot_type = 'physical' and not active and slot_name = any($1)`,
          [slots],
        );
      }),
    ),
});
