/** Restored PostgreSQL servers beside production, each in a folder of one job. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackedUpCluster } from '../../activities/ports/postgres-backups.ts';
import type { PostgresNode } from '../../activities/ports/postgres.ts';
import type { ScratchFolder, ScratchServers } from '../../activities/ports/scratch-servers.ts';
import { NoAnswer } from '../no-answer.ts';
import { openJobFolder, removeJobFolder } from '../scratch/job-folders.ts';
import { launchServer, notUp, serverLog } from '../scratch/launch-server.ts';
import type { ReadSecret } from '../secrets.ts';
import { clusterPrograms } from './cluster-programs.ts';
import { recoverySettings } from './recovery-settings.ts';
import { keepToItself, scratchPort, settingLines } from './scratch-settings.ts';
import { endServer, serverProcesses } from './server-processes.ts';
import { inSession } from './session.ts';

const lookMs = 2_000;
const pauseMs = 40;
const hasArrived = `select case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() = 'paused' else true end as arrived`;

export const createScratchServers = (secret: ReadSecret): ScratchServers => ({
  open: async (cluster, keep) => openJobFolder(cluster.backup.scratch, (await clusterPrograms(cluster)).owner, keep),

  async start(cluster, folder, signal) {
    const node: PostgresNode = { id: 'scratch', host: folder.path, port: scratchPort };
    if ((await serverProcesses(folder.data)).length === 0) {
      const { bin } = await clusterPrograms(cluster);
      await keepToItself(folder, bin);
      await launch(folder, bin);
    }
    for (;;) {
      signal?.throwIfAborted();
      if (await arrived(node, cluster, secret, signal)) return node;
      if ((await serverProcesses(folder.data)).length === 0) throw await died(folder);
      await delay(pauseMs);
    }
  },

  async aim(folder, goal) {
    await endServer(folder.data);
    await appendFile(join(folder.data, 'postgresql.auto.conf'), settingLines(recoverySettings(goal, 'pause')));
  },

  stop: ({ data }, signal) => endServer(data, signal),

  remove: removeJobFolder,
});

/** Settings that were restored may name another directory: production's. */
const launch = (folder: ScratchFolder, bin: string): Promise<void> =>
  launchServer(folder, {
    program: join(bin, 'postgres'),
    args: ['-D', folder.data, '-c', `data_directory=${folder.data}`],
    env: { LC_ALL: 'C', TZ: 'UTC' },
  });

/** Fails at once where waiting does not help: it is up, and our role is not in it. */
async function arrived(node: PostgresNode, settings: BackedUpCluster, secret: ReadSecret, signal?: AbortSignal) {
  try {
    const asked = { secret, ms: lookMs, signal };
    const { rows } = await inSession({ node, settings }, asked, (client) => client.query<{ arrived: boolean }>(hasArrived));
    return rows[0]?.arrived === true;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.why !== 'login-refused' && error.why !== 'not-allowed') return false;
    throw notUp(error.message);
  }
}

async function died(folder: ScratchFolder) {
  const log = await serverLog(folder);
  const fatal = log.split('\n').filter((line) => /\b(FATAL|PANIC|ERROR|HINT):/.test(line));
  return notUp((fatal.length === 0 ? log : fatal.slice(-3).join('\n')).trim().slice(-600));
}
