/** Which lines leave the live log, where they go, and how people read it. */
import { digestOf } from '../digest.ts';
import type { Plan } from '../recovery.ts';
import { size } from '../sizes.ts';

export const archiveFolder = '.pi/logs/archive';

/** The whole lines from the beginning of a log up to a time. */
export interface LogHead {
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
  /** First and last time in it; ISO. */
  readonly from: string;
  readonly to: string;
}

/** The whole plan, as the record store keeps it. */
export interface ArchivePlan {
  readonly target: string;
  /** Lines before this instant are old; a whole day, so that a plan made again a moment later is the same. */
  readonly before: string;
  /** Null where nothing is old enough. */
  readonly head: LogHead | null;
  readonly archive: string;
  /** Folders that archiving makes. */
  readonly missingFolder: boolean;
  readonly digest: string;
}

const dayMs = 86_400_000;

/** Midnight UTC of the day that lies so far back. */
export const borderOf = (now: number, olderThanMs: number): string =>
  new Date(Math.floor((now - olderThanMs) / dayMs) * dayMs).toISOString();

/** `20261122T020000Z`, as names of files may hold it. */
const inName = (at: string): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Free of what is there: the second archive of the same span bears a part of its digest. */
export const archivePath = ({ from, to, sha256 }: LogHead, isTaken: boolean): string =>
  `${archiveFolder}/audit-${inName(from)}_${inName(to)}${isTaken ? `-${sha256.slice(0, 8)}` : ''}.jsonl.gz`;

export const archivePlan = (body: Omit<ArchivePlan, 'digest'>): ArchivePlan => ({ ...body, digest: digestOf(body) });

/** The head that people approve. `logBytes`: of the whole log. */
export function headOfArchive({ digest, head, archive, before }: ArchivePlan, ref: string, log: string, logBytes: number): Plan {
  const common = { digest, truncated: false, ref };
  const day = before.slice(0, 10);
  if (head === null) {
    return {
      ...common,
      summary: { en: `No line of the log is older than ${day}.`, ja: `${day} より古いログ行はありません。` },
      size: { items: 0, bytes: 0, share: 0 },
      counts: { add: 0, overwrite: 0, keep: 1, remove: 0 },
      changes: [{ action: 'keep', path: log }],
    };
  }
  const span = `${head.lines} lines, ${size(head.bytes)}, ${head.from} to ${head.to}`;
  return {
    ...common,
    summary: {
      en: `${head.lines} lines before ${day} (${size(head.bytes)} of ${size(logBytes)}) go from the log into ${archive}.`,
      ja: `${day} より前の ${head.lines} 行(${size(logBytes)} 中 ${size(head.bytes)})をログから ${archive} へ移します。`,
    },
    size: { items: 2, bytes: head.bytes, share: logBytes === 0 ? 0 : head.bytes / logBytes },
    counts: { add: 1, overwrite: 0, keep: 0, remove: 1 },
    changes: [
      { action: 'remove', path: log, before: `its first ${span}` },
      { action: 'add', path: archive, after: `${span}, sha256 ${head.sha256.slice(0, 12)} unpacked` },
    ],
  };
}
