/** Goes through a log with every core: judges each line, and writes what is kept and what is not. */
import type { MergeCounts } from '../../domain/audit-log/merge.ts';
import type { RejectReason, RepairCounts } from '../../domain/audit-log/repair-counts.ts';
import type { Place } from './file-tree.ts';

/** A part of a log. `from` is the beginning of a line. */
export interface LogPart {
  readonly place: Place;
  readonly from: number;
  /** The end of a line, or of a file whose last line nobody finishes any more. */
  readonly to: number;
  /** Number of the first line, from 1. */
  readonly firstLine: number;
}

export interface Sample {
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: RejectReason;
  /** Its first characters, for people. */
  readonly begins: string;
}

export interface Judged {
  readonly counts: RepairCounts;
  /** The first few of each reason. */
  readonly samples: readonly Sample[];
}

export interface RepairOutput {
  /** Where kept lines go, from byte `keptAt` on; what was behind is cut off. Left out, they go nowhere. */
  readonly kept?: Place;
  readonly keptAt: number;
  /** Rejected pieces, one JSON line each, from byte `rejectedAt` on. */
  readonly rejected: Place;
  readonly rejectedAt: number;
  /** Where it notes how far it is; a successor goes on from there as long as this host is up. */
  readonly progress?: Place;
}

export interface Built extends Judged {
  /** Sizes of both files now. */
  readonly keptBytes: number;
  readonly rejectedBytes: number;
  /** Bytes of the log that an earlier attempt had done. */
  readonly resumedAt: number;
}

export interface MergeSources {
  readonly backup: Place;
  /** Left out where there is no log. */
  readonly live?: Place | undefined;
}

/** Failures are Node's own or UnsafePath. Memory stays flat at any size. */
export interface LogRepair {
  /** Reads only. */
  scanLog(part: LogPart, signal?: AbortSignal): Promise<Judged>;
  /** Writes both files, synced. The same part twice gives the same files. */
  buildRepaired(part: LogPart, output: RepairOutput, signal?: AbortSignal): Promise<Built>;
  /** What a merge of two files of whole objects would do. Reads only. Fails where both have more lines than fit into an index. */
  scanMerge(sources: MergeSources, signal?: AbortSignal): Promise<MergeCounts>;
  /** Merges them by time and place into `kept`, synced; what disagrees goes behind `rejectedAt` of `rejected`. */
  mergeLogs(
    sources: MergeSources,
    output: { readonly kept: Place; readonly rejected: Place; readonly rejectedAt: number },
    signal?: AbortSignal,
  ): Promise<MergeCounts>;
  /** sha256 of the first `upTo` bytes. */
  readHash(place: Place, upTo: number, signal?: AbortSignal): Promise<string>;
}
