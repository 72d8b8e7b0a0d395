/** Gathers what an examination looks at: the store, a backup to trust, the log, the code. Reads only. */
import { ApplicationFailure } from '@temporalio/common';
import type { BreachWorld } from '../../domain/breach/examine.ts';
import type { Judgement } from '../../domain/breach/words.ts';
import { creationsOf } from '../../domain/log-questions/creations.ts';
import type { Creation } from '../../domain/log-questions/words.ts';
import { tallyLog } from '../log-questions/ask-log.ts';
import type { Ports } from '../ports/index.ts';
import { compareSources } from '../source-code/compare-sources.ts';
import { describeSet, type BackupSet } from '../tool-store/backup-set.ts';
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
  const set =
    input.backup === undefined
      ? await newestTrusted(ports, target, input.brokenSince, signal)
      : await openBackup(ports, target, input.backup, signal);
  const files = set === undefined ? [] : await readBackupFiles(set, signal);
  const { tools } = await scanStore(ports, target, signal);
  return {
    target: target.id,
    brokenSince: input.brokenSince,
    judgement: { tools: input.tools, trusted: input.trusted },
    live: tools.map(({ path, state, judged }) => ({ path, state, ...(judged && { judged }) })),
    baseline: set && {
      id: set.id,
      files: new Map(files.map((file) => [file.path, file])),
      attributesKnown: set.source === 'okiagari',
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

/** Above suspicion, verified, and finished before the breach began. */
async function newestTrusted(
  ports: Ports,
  target: ToolStoreTarget,
  brokenSince: string | undefined,
  signal?: AbortSignal,
): Promise<BackupSet | undefined> {
  return (await openBackups(ports, target, signal)).find((set) => {
    const { status, finishedAt, startedAt } = describeSet(set, target.id);
    return status === 'verified' && (brokenSince === undefined || Date.parse(finishedAt ?? startedAt) <= Date.parse(brokenSince));
  });
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
