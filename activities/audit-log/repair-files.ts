/** Where a repair keeps what it is at: files beside the log, and notes in our own folder. */
import type { RepairCounts } from '../../domain/audit-log/repair-counts.ts';
import type { RepairPlan } from '../../domain/audit-log/repair-plan.ts';
import { keptLines } from '../../domain/audit-log/late-lines.ts';
import { auditLog, temporaryBeside } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import type { ToolStoreTarget } from '../tool-store/target.ts';
import type { Replacement } from './replace-log.ts';

/** What the new log was made of, noted before it takes its place. */
export interface BuiltNote {
  readonly consumed: number;
  /** Sizes of the new log and of the quarantine then. */
  readonly keptBytes: number;
  readonly rejectedBytes: number;
  readonly counts: RepairCounts;
}

export interface RepairFiles {
  readonly log: Place;
  readonly prepared: Place;
  /** The quarantine until it is complete. */
  readonly rejected: Place;
  readonly original: Place;
  readonly quarantine: Place;
  readonly receipt: Place;
  readonly progress: Place;
  readonly note: Place;
  readonly replacement: Replacement;
}

export function repairFiles(ports: Ports, target: ToolStoreTarget, plan: RepairPlan): RepairFiles {
  const { root } = target;
  const { names, inode, digest } = plan;
  const nonce = digest.slice(0, 8);
  const name = `${target.id}/${digest.slice(0, 16)}`;
  const inRoot = (path: string): Place => ({ root, path });
  const own = (path: string): Place => ({ root: ports.data, path: `swaps/${name}${path}` });
  const prepared = temporaryBeside(auditLog, nonce);
  return {
    log: inRoot(auditLog),
    prepared: inRoot(prepared),
    rejected: inRoot(temporaryBeside(names.quarantine, nonce)),
    original: inRoot(names.original),
    quarantine: inRoot(names.quarantine),
    receipt: inRoot(names.receipt),
    progress: own('.progress'),
    note: own('.built.json'),
    replacement: { root, log: auditLog, prepared, keepAs: names.original, old: inode, consumed: 0, name, late: keptLines },
  };
}

export async function readNote(ports: Ports, { note }: RepairFiles): Promise<BuiltNote | undefined> {
  const text = await ports.files.readDocument(note);
  return text === undefined ? undefined : (JSON.parse(text) as BuiltNote);
}
