/** PostgreSQL servers over the network, by the client library `pg`. */
import type { Postgres } from '../../activities/ports/postgres.ts';
import { orFailure } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { inspectDatabase } from './inspect-database.ts';
import { lookAtNode } from './look-at-node.ts';
import { inSession } from './session.ts';

/** A commit that takes longer hangs: on a full disk, or for a standby that is away. */
const commitMs = 5_000;

export const createPostgres = (secret: ReadSecret): Postgres => ({
  look: (node, settings, signal) => lookAtNode({ node, settings }, secret, signal),

  inspect: (node, settings, signal) => orFailure(node.id, () => inspectDatabase({ node, settings }, secret, signal)),

  commit: (node, settings, signal) =>
    orFailure(node.id, async () => {
      const from = performance.now();
      await inSession({ node, settings }, { secret, ms: commitMs, signal }, async (client) => {
        // A message in the log, for nobody: it is written, synced and waited for like any change, and no table knows of it.
        await client.query(`select pg_logical_emit_message(true, 'okiagari', 'verification')`);
      });
      return performance.now() - from;
    }),
});
