/** Backups by pgBackRest, in its own repository: labels carry our ids as annotations, and nothing expires but by our word. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackedUpCluster, PostgresBackups, RestoreRequest } from '../../activities/ports/postgres-backups.ts';
import type { PgBackRestSettings } from '../../contracts/postgres-backup-settings.ts';
import { isHistory, isLogFile } from '../../domain/postgres/log-files.ts';
import type { RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import { historyOf, onLine } from '../../domain/postgres/timeline-line.ts';
import type { ReadSecret } from '../secrets.ts';
import { clusterPrograms } from './cluster-programs.ts';
import { lastCommitUpTo } from './last-commit.ts';
import { markLog } from './mark-log.ts';
import type { Ended } from '../process/run-as-owner.ts';
import { readInfo, type KnownBackup } from './pgbackrest-info.ts';
import { postgresTime } from './recovery-settings.ts';
import { corrupt, runTool, toolFailed } from '../process/run-tool.ts';

/** https://pgbackrest.org: another process of it holds the stanza. */
const isLocked = 50;
const pauseMs = 250;
/** `archive-get` of a file that was never archived. */
const isNotThere = 1;
/** What it ends with where its repository is at fault: a checksum, a file that is missing, a set that is invalid. */
const damage = [26, 29, 55, 75, 82];

/** The tool of a cluster whose inventory says `pgbackrest`. */
export const createPgBackRest = (secret: ReadSecret): PostgresBackups => {
  const known = async (cluster: BackedUpCluster, signal?: AbortSignal): Promise<readonly KnownBackup[]> => {
    const ended = await run(cluster, ['info', '--output=json'], signal);
    if (ended.code !== 0) throw toolFailed('pgbackrest info', ended);
    return readInfo(ended.output);
  };
  const expire: PostgresBackups['remove'] = async (cluster, label, signal) => {
    const all = await known(cluster, signal);
    const others = all.filter(({ taken }) => taken.label !== label);
    if (others.length === all.length) return undefined;
    const kept = others.filter(({ taken }) => taken.kind === 'full').length;
    // Of the log goes what lies before the oldest full one that stays; its own settings would keep all of it, or too little.
    const log = ['--repo1-retention-archive-type=full', `--repo1-retention-archive=${Math.max(1, kept)}`];
    const ended = await run(cluster, ['expire', `--set=${label}`, ...log], signal);
    if (ended.code === 0) return undefined;
    const said = ended.said.slice(0, 300);
    return { en: `pgBackRest does not let it go: ${said}`, ja: `pgBackRest が削除を拒否しました: ${said}` };
  };
  return {
    list: async (cluster, signal) => (await known(cluster, signal)).map(({ taken }) => taken),
    mark: (cluster, primary, name, signal) => markLog({ node: primary, settings: cluster }, name, secret, signal),

    async take(cluster, { id, kind }, signal) {
      for (;;) {
        const [found, ...surplus] = (await known(cluster, signal)).filter((one) => one.id === id);
        // What a killed worker had started may have come to its end between our look and our start.
        for (const { taken } of surplus) await expire(cluster, taken.label, signal);
        if (found) return found.taken;
        const type = kind === 'full' ? 'full' : 'incr';
        const args = ['backup', `--type=${type}`, `--annotation=okiagari=${id}`, '--no-expire-auto'];
        const ended = await run(cluster, args, signal);
        // What a killed worker had started goes on without it, and may be this very backup.
        if (ended.code === isLocked) await delay(pauseMs, undefined, signal && { signal });
        else if (ended.code !== 0) throw toolFailed('pgbackrest backup', ended);
      }
    },

    async check(cluster, signal) {
      const ended = await run(cluster, ['verify', '--output=text'], signal);
      if (ended.code !== 0) throw toolFailed('pgbackrest verify', ended);
      const wrong = ended.output.split('\n').filter((line) => /status: (?!ok|valid)|(missing|invalid|other): [1-9]/.test(line));
      const said = wrong.map((line) => line.trim()).join(' ');
      return said === '' ? undefined : { en: `pgbackrest verify: ${said}`, ja: `pgbackrest verify: ${said}` };
    },

    async restore(cluster, request, signal) {
      // It works in the folder of its job: whoever removes that ends what a killed worker left of it.
      const ended = await run(cluster, ['restore', ...restoreArguments(request)], signal, dirname(request.into));
      if (ended.code === 0) return;
      const what = `${request.taken.label}: pgbackrest restore`;
      throw damage.includes(ended.code ?? -1) ? corrupt(what, ended) : toolFailed(what, ended);
    },

    remove: expire,

    async archived(cluster, scratch, signal) {
      const names = await archivedNames(cluster, signal);
      const fetch = (name: string | undefined) => name && fetchLog(cluster, name, scratch, signal);
      const first = await fetch(names.find(isLogFile));
      if (first === undefined) return undefined;
      const fileBytes = (await stat(first)).size;
      const history = historyOf(names);
      const told = await fetch(history);
      const files = history && told ? onLine(names, history, await readFile(told, 'utf8'), fileBytes) : names;
      return { files, fileBytes };
    },

    async lastCommit(cluster, { file, fileBytes }, scratch, signal) {
      const fetch = (name: string) => fetchLog(cluster, name, scratch, signal);
      return lastCommitUpTo(file, { ...(await clusterPrograms(cluster)), fileBytes, fetch, signal });
    },
  };
};

/** Undefined where the repository does not have it. */
async function fetchLog(cluster: BackedUpCluster, name: string, scratch: string, signal?: AbortSignal) {
  const to = join(scratch, name);
  const ended = await run(cluster, ['archive-get', name, to], signal, scratch);
  if (ended.code === isNotThere) return undefined;
  if (ended.code !== 0) throw toolFailed('pgbackrest archive-get', ended);
  return to;
}

async function run(
  cluster: BackedUpCluster,
  [command, ...args]: readonly string[],
  signal?: AbortSignal,
  folder = '/',
): Promise<Ended> {
  const { stanza, config, bin } = cluster.backup.tool as PgBackRestSettings;
  const { owner } = await clusterPrograms(cluster);
  const common = [`--config=${config}`, `--stanza=${stanza}`, '--log-level-console=off', '--log-level-stderr=error'];
  return runTool({ program: bin, args: [...common, command!, ...args], owner, signal, folder });
}

/** Whatever timelines, sorted as it lists them. */
async function archivedNames(cluster: BackedUpCluster, signal?: AbortSignal): Promise<string[]> {
  const { stanza } = cluster.backup.tool as PgBackRestSettings;
  const ended = await run(cluster, ['repo-ls', `archive/${stanza}`, '--recurse', '--output=text'], signal);
  if (ended.code !== 0) throw toolFailed('pgbackrest repo-ls', ended);
  const names = ended.output.split('\n').map((line) => /([^/]+?)(-[0-9a-f]{40}(\.\w+)?)?$/.exec(line)?.[1] ?? '');
  return [...new Set(names.filter((name) => isLogFile(name) || isHistory(name)))];
}

function restoreArguments({ taken, into, goal, then }: RestoreRequest): string[] {
  const action = goal.kind === 'latest' ? [] : [`--target-action=${then}`];
  // The end of a backup lies on its own timeline; every other goal may lie behind a promotion.
  const timeline = goal.kind === 'immediate' ? '--recovery-option=recovery_target_timeline=current' : '--target-timeline=latest';
  return [
    `--set=${taken.label}`,
    `--pg1-path=${into}`,
    `--tablespace-map-all=${into}-tablespaces`,
    '--archive-mode=off',
    timeline,
    ...targetArguments(goal),
    ...action,
  ];
}

function targetArguments(goal: RecoveryGoal): string[] {
  switch (goal.kind) {
    case 'time':
      return ['--type=time', `--target=${postgresTime(goal.at)}`];
    case 'lsn':
      return ['--type=lsn', `--target=${goal.lsn}`];
    case 'xid':
      return ['--type=xid', `--target=${goal.xid}`];
    case 'name':
      return ['--type=name', `--target=${goal.name}`];
    case 'immediate':
      return ['--type=immediate'];
    case 'latest':
      return ['--type=default'];
  }
}
