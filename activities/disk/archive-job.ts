/** One archiving: where its pieces lie, and what it remembers between attempts. */
import type { ArchivePlan, LogHead } from '../../domain/disk/archive-plan.ts';
import { auditLog, temporaryBeside } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import type { NewFile } from '../ports/log-archives.ts';
import type { Ports } from '../ports/index.ts';
import type { ToolStoreTarget } from '../tool-store/target.ts';

/** A log that is about to take the place of another one. */
interface Swap {
  /** Inode of the log it is made from, and how many of its bytes it covers; null where there was none. */
  readonly old: string | null;
  readonly consumed: number;
}

/**
 * Kept durably before each effect. `cut`: the young lines take the log's place at once. Where there is no room for them beside
 * the old log: `empty` puts an empty log in its place while they wait in the data folder, `emptied` has made room, `refill` puts
 * them back. `done`: the old lines are out. `return` brings them back in front, `returned` says that it has.
 */
export type ArchiveState =
  | ({ readonly step: 'cut' } & Swap)
  | ({ readonly step: 'empty' | 'refill'; readonly tail: number } & Swap)
  | { readonly step: 'emptied'; readonly tail: number }
  | { readonly step: 'done'; readonly detour: boolean }
  | ({ readonly step: 'return' } & Swap)
  | { readonly step: 'returned' };

export interface ArchiveJob {
  readonly ports: Ports;
  readonly target: ToolStoreTarget;
  readonly plan: ArchivePlan;
  readonly head: LogHead;
  readonly log: Place;
  readonly archive: Place;
  /** The unfinished archive beside its place, and the one that waits in the data folder. */
  readonly staged: Place;
  readonly away: Place;
  /** The young lines, while there is no room for them. */
  readonly tail: Place;
  /** Names the swaps of this job. */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

export function archiveJob(
  ports: Ports,
  target: ToolStoreTarget,
  plan: ArchivePlan,
  head: LogHead,
  signal: AbortSignal | undefined,
): ArchiveJob {
  const { root } = target;
  const name = `archive-${plan.digest.slice(0, 16)}`;
  const inData = (path: string): Place => ({ root: ports.data, path: `${homeOf(target.id, name)}/${path}` });
  return {
    ...{ ports, target, plan, head, name, signal },
    log: { root, path: auditLog },
    archive: { root, path: plan.archive },
    staged: { root, path: temporaryBeside(plan.archive, name) },
    away: inData('archive.jsonl.gz'),
    tail: inData('tail.jsonl'),
  };
}

const homeOf = (target: string, name: string): string => `archiving/${target}/${name}`;
const stateAt = ({ ports, target, name }: ArchiveJob): Place => ({
  root: ports.data,
  path: `${homeOf(target.id, name)}/state.json`,
});

export async function readState(job: ArchiveJob): Promise<ArchiveState | undefined> {
  const text = await job.ports.files.readDocument(stateAt(job));
  return text === undefined ? undefined : (JSON.parse(text) as ArchiveState);
}

export async function remember(job: ArchiveJob, state: ArchiveState): Promise<ArchiveState> {
  await job.ports.files.writeDocument(stateAt(job), JSON.stringify(state));
  return state;
}

/** Nothing of it waits in the data folder any more. Twice is fine. */
export const forget = ({ ports, target, name }: ArchiveJob): Promise<void> =>
  ports.files.removeTree({ root: ports.data, path: homeOf(target.id, name) });

/** How a new log or archive is to look: like the log that is there. */
export async function likeTheLog({ ports, log }: ArchiveJob): Promise<NewFile> {
  const facts = await ports.files.look(log);
  return facts?.kind === 'file' ? { mode: facts.mode, owner: facts } : { mode: '0644', owner: { uid: 0, gid: 0 } };
}

export const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes((error as { code?: string }).code ?? '');
