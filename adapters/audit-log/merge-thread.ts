/** Merges the log of a backup with what the live log still has; both hold whole objects only. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { compareMoment, mergeLine, type MergeCounts } from '../../domain/audit-log/merge.ts';
import { LineFile } from './line-file.ts';

interface MergeWork {
  readonly backup: string;
  readonly live?: string | undefined;
  readonly kept?: string | undefined;
  readonly rejected?: string | undefined;
  readonly rejectedAt: number;
}

const flushBytes = 1024 * 1024;
const work = workerData as MergeWork;
const live = work.live === undefined ? undefined : new LineFile(work.live);
const backup = new LineFile(work.backup, live?.timeless);
const keptOut = outputAt(work.kept, 0);
const rejectedOut = outputAt(work.rejected, work.rejectedAt);

/** Lines of the live log that the backup does not have: under the same id, the backup may have another line. */
const liveIds = new Set<string>();
forMoments(({ live: texts }, { onlyLive }) => {
  for (const at of onlyLive) {
    const { id } = mergeLine(texts[at]!);
    if (id !== undefined) liveIds.add(id);
  }
});
const disagreeing = new Set<string>();
forMoments(({ backup: texts }, { onlyBackup }) => {
  for (const at of onlyBackup) {
    const { id } = mergeLine(texts[at]!);
    if (id !== undefined && liveIds.has(id)) disagreeing.add(id);
  }
});

const counts = { lines: 0, onlyBackup: 0, onlyLive: 0, both: 0, disagree: 0, disagreeBytes: 0 };
forMoments((texts, { onlyBackup, onlyLive, both }, liveAt) => {
  counts.onlyBackup += onlyBackup.length;
  counts.both += both;
  for (const text of texts.backup) keptOut.write(`${text}\n`);
  counts.lines += texts.backup.length;
  for (const at of onlyLive) {
    const text = texts.live[at]!;
    const { id } = mergeLine(text);
    if (id === undefined || !disagreeing.has(id)) {
      keptOut.write(`${text}\n`);
      counts.lines++;
      counts.onlyLive++;
      continue;
    }
    const bytes = Buffer.from(text);
    const { offset, number } = live!.line(liveAt + at);
    const head = { line: number + 1, offset, bytes: bytes.length, reason: 'disagrees' };
    rejectedOut.write(`${JSON.stringify({ ...head, base64: bytes.toString('base64') })}\n`);
    counts.disagree++;
    counts.disagreeBytes += bytes.length;
  }
});
const ends = { keptBytes: keptOut.end(), rejectedBytes: rejectedOut.end() };
backup.close();
live?.close();
parentPort!.postMessage({ ...counts, ...ends } satisfies MergeCounts, []);

/** Goes through both in the order of time, all lines of one moment together. `liveAt`: which line the moment's first live one is. */
function forMoments(
  see: (
    texts: { readonly backup: readonly string[]; readonly live: readonly string[] },
    moment: ReturnType<typeof compareMoment>,
    liveAt: number,
  ) => void,
): void {
  let [b, l] = [0, 0];
  const liveSize = live?.size ?? 0;
  while (b < backup.size || l < liveSize) {
    const time = Math.min(backup.time(b), live?.time(l) ?? Infinity);
    const texts = { backup: [] as string[], live: [] as string[] };
    const liveAt = l;
    while (b < backup.size && backup.time(b) === time) texts.backup.push(backup.line(b++).text);
    while (l < liveSize && live!.time(l) === time) texts.live.push(live!.line(l++).text);
    see(texts, compareMoment(texts.backup, texts.live), liveAt);
  }
}

/** Writes in large pieces; without a path it only counts. */
function outputAt(path: string | undefined, from: number) {
  const fd = path === undefined ? undefined : openSync(path, 'r+');
  let at = from;
  let waiting: string[] = [];
  let size = 0;
  const flush = (): void => {
    const bytes = Buffer.from(waiting.join(''));
    if (fd !== undefined) {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(fd, bytes, written, bytes.length - written, at + written);
      }
    }
    at += bytes.length;
    waiting = [];
    size = 0;
  };
  return {
    write(text: string): void {
      waiting.push(text);
      size += text.length;
      if (size > flushBytes) flush();
    },
    /** Answers the size. */
    end(): number {
      flush();
      if (fd !== undefined) closeSync(fd);
      return at;
    },
  };
}
