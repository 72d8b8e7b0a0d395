/** The restored copy of a cluster beside it, one for each target: brought to a goal, and known for what it is after every death. */
import { fail } from '../../../domain/fail.ts';
import type { RecoveryGoal } from '../../../domain/postgres/recovery-goal.ts';
import { isStandby } from '../../../domain/postgres/node-report.ts';
import type { Text } from '../../../domain/text.ts';
import { whyBroken } from '../../../domain/postgres/why-broken.ts';
import { whileInUse } from '../../backup-keeping/in-use.ts';
import { oneOf } from '../../backup-keeping/open-sets.ts';
import { factsOf } from '../../postgres-backups/facts.ts';
import { fetchBest } from '../../backup-keeping/fetch-copy.ts';
import { openBackups } from '../../postgres-backups/open-backups.ts';
import { backedUpPostgres, type BackedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import type { PostgresNode } from '../../ports/postgres.ts';
import type { ScratchFolder } from '../../ports/scratch-servers.ts';
import type { RestoredCopy } from './interface.ts';
import { readPastMoment } from './moment-record.ts';

/** What the files in the folder are: there once they are whole, with their goal in their settings. */
interface Label {
  readonly recovery: string;
  readonly goal: RecoveryGoal;
}

interface Wanted extends Label {
  /** Id of the backup to begin with, should nothing that is there lead on. */
  readonly backup: () => Promise<string>;
}

export const openCopy = (ports: Ports, target: BackedUpPostgres): Promise<ScratchFolder> =>
  ports.scratchServers.open(target, `copy of ${target.id}`);

export async function restoreBeside(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<RestoredCopy> {
  const target = backedUpPostgres(ports, input.target);
  const { goal, backup } = await readPastMoment(ports, target, input.plan);
  const server = await bringTo(ports, target, { recovery: input.recovery, goal, backup: () => Promise.resolve(backup) }, signal);
  const broken = whyBroken(backup, await ports.postgres.inspect(server, target, signal));
  if (broken) throw fail('backup-corrupt', broken);
  const report = await ports.postgres.look(server, target, signal);
  if (!isStandby(report)) throw notPaused(backup);
  return { timeline: report.timeline, lastCommitAt: report.role.lastCommitAt };
}

export async function removeBeside(ports: Ports, input: { readonly target: string }): Promise<void> {
  const target = backedUpPostgres(ports, input.target);
  await ports.scratchServers.remove(await openCopy(ports, target));
}

/** Its server, paused at the goal. */
export async function bringTo(
  ports: Ports,
  target: BackedUpPostgres,
  { backup, ...wanted }: Wanted,
  signal?: AbortSignal,
): Promise<PostgresNode> {
  let folder = await openCopy(ports, target);
  const label = await readLabel(ports, folder);
  if (label === undefined || !leadsTo(label, wanted)) {
    await ports.scratchServers.remove(folder);
    folder = await openCopy(ports, target);
    await restoreInto(ports, target, folder, { goal: wanted.goal, backup: await backup() }, signal);
  } else if (JSON.stringify(label) !== JSON.stringify(wanted)) {
    await writeLabel(ports, folder, undefined);
    await ports.scratchServers.aim(folder, wanted.goal);
  }
  await writeLabel(ports, folder, wanted);
  return ports.scratchServers.start(target, folder, signal);
}

/** It is there already, or only has to replay further. */
function leadsTo(label: Label, wanted: Label): boolean {
  if (label.recovery !== wanted.recovery) return false;
  if (JSON.stringify(label.goal) === JSON.stringify(wanted.goal)) return true;
  if (label.goal.kind !== 'time' || wanted.goal.kind !== 'time') return false;
  return Date.parse(label.goal.at) <= Date.parse(wanted.goal.at);
}

async function restoreInto(
  ports: Ports,
  target: BackedUpPostgres,
  folder: ScratchFolder,
  { goal, backup }: { readonly goal: RecoveryGoal; readonly backup: string },
  signal?: AbortSignal,
): Promise<void> {
  const set = oneOf(await openBackups(ports, target, signal), target.id, backup);
  await whileInUse(ports, target.id, backup, 'a restore', async () => {
    const copy = await fetchBest(folder, set, signal);
    const taken = await factsOf({ ...set, copies: [copy] }, signal);
    if (taken === undefined) throw fail('backup-corrupt', withoutFacts(backup));
    await ports.postgresBackups.restore(target, { taken, from: folder.files, into: folder.data, goal, then: 'pause' }, signal);
  });
}

const withoutFacts = (backup: string): Text => ({
  en: `${backup}: postgres.json cannot be read.`,
  ja: `${backup}: postgres.json を読めません。`,
});

const placeOf = ({ files }: ScratchFolder) => ({ root: files, path: 'okiagari-copy.json' });

async function readLabel(ports: Ports, folder: ScratchFolder): Promise<Label | undefined> {
  const text = await ports.files.readDocument(placeOf(folder));
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as Label);
}

const writeLabel = (ports: Ports, folder: ScratchFolder, label: Label | undefined): Promise<void> =>
  ports.files.writeDocument(placeOf(folder), label === undefined ? '' : JSON.stringify(label));

const notPaused = (backup: string) =>
  fail('scratch-server-failed', {
    en: `The copy restored of ${backup} does not wait where it was sent.`,
    ja: `${backup} から復元した複製が、指定の時点で停止していません。`,
  });
