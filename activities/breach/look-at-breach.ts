/** Gathers what an examination looks at: the store, a backup to trust, the log, the code. Reads only. */
import { ApplicationFailure } from '@temporalio/common';
import type { BreachWorld } from '../../domain/breach/examine.ts';
import type { Judgement } from '../../domain/breach/words.ts';
import { creationsOf } from '../../domain/log-questions/creations.ts';
import type { Creation } from '../../domain/log-questions/words.ts';
import type { BackupFile } from '../../domain/tool-store/restore-plan.ts';
import { tallyLog } from '../log-questions/ask-log.ts';
import type { Ports } from '../ports/index.ts';
import { compareSources } from '../source-code/compare-sources.ts';
import { describeSet, type BackupSet } from '../backup-keeping/backup-set.ts';
import { openBackup, openBackups } from '../tool-store/open-backups.ts';
import { readBackupFiles } from '../tool-store/read-backup.ts';
import { scanStore } from '../tool-store/scan-store.ts';
import { requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';

export interface LookInput extends Judgement {
  readonly target: string;
  readonly brokenSince?: string | undefined;
  /** Compare with this backup instead of the newest verified one from before the breach. */
  readonly backup?: string | undefined;
}

export async function lookAtBreach(ports: Ports, input: LookInput, signal?: AbortSignal): Promise<BreachWorld> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const trusted = await trustedBackup(ports, target, input, signal);
  const { tools } = await scanStore(ports, target, signal);
  return {
    target: target.id,
    brokenSince: input.brokenSince,
    judgement: { tools: input.tools, trusted: input.trusted },
    live: tools.map(({ path, state, judged }) => ({ path, state, ...(judged && { judged }) })),
    baseline: trusted && {
      id: trusted.set.id,
      files: new Map(trusted.files.map((file) => [file.path, file])),
      attributesKnown: trusted.set.source === 'okiagari',
    },
    mayGiveAway: ports.files.mayGiveAway,
    creations: await creationsIn(ports, target.id, signal),
    sources: await compareSources(ports, { target: target.id }, signal),
    others: await withinTarget(target, async () => {
      const listed = await Promise.all(
        ['.pi/logs', '.pi/extensions', '.pi/lib', '.pi/skills'].map((path) => ports.files.scan({ root: target.root, path })),
      );
      return listed.flat().map(({ path, mode, kind }) => ({ path, mode: kind === 'file' ? mode : '0000' }));
    }),
  };
}

interface Trusted {
  readonly set: BackupSet;
  readonly files: readonly BackupFile[];
}

/** The named one, else the newest that is above suspicion, verified, finished before the breach, and still readable. */
async function trustedBackup(
  ports: Ports,
  target: ToolStoreTarget,
  { backup, brokenSince }: LookInput,
  signal?: AbortSignal,
): Promise<Trusted | undefined> {
  if (backup !== undefined) {
    const set = await openBackup(ports, target, backup, signal);
    return { set, files: await readBackupFiles(set, signal) };
  }
  for (const set of await openBackups(ports, target, signal)) {
    const { status, finishedAt, startedAt } = describeSet(set, target.id);
    const isBefore = brokenSince === undefined || Date.parse(finishedAt ?? startedAt) <= Date.parse(brokenSince);
    if (status !== 'verified' || !isBefore) continue;
    try {
      return { set, files: await readBackupFiles(set, signal) };
    } catch (error) {
      // It rotted since its test: an older one must not be barred by it.
      if (!(error instanceof ApplicationFailure) || error.type?.startsWith('backup-') !== true) throw error;
    }
  }
  return undefined;
}

/** More than a store can hold many times over; a flooded log tells its newest. */
const mostCreations = 5_000;

async function creationsIn(ports: Ports, target: string, signal?: AbortSignal): Promise<readonly Creation[] | undefined> {
  try {
    const { tally } = await tallyLog(ports, target, { question: 'creations', now: Date.now(), limit: mostCreations }, signal);
    return creationsOf(tally.recent);
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'no-audit-log') return undefined;
    throw error;
  }
}
