/** One of the threads that judge a log: takes chunks until none is left. */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { judgeLines, type LineSink } from '../../domain/audit-log/judge-lines.ts';
import { countIndex, countWidth, type RejectReason } from '../../domain/audit-log/repair-counts.ts';
import { ChunkReader, type ChunkLines } from './chunk-reader.ts';
import { Turns, type Work } from './chunk-work.ts';
import { pieceBytes, recordBytes, writeAll, writeRecords, type Judged, type Reject } from './reject-writer.ts';

const samplesPerReason = 3;
const index = {
  ...{ bytes: countIndex('bytes'), lines: countIndex('lines'), good: countIndex('good'), salvaged: countIndex('salvaged') },
  ...{ blank: countIndex('blank'), damaged: countIndex('damaged'), kept: countIndex('keptBytes') },
  ...{ rejected: countIndex('rejectedBytes'), separators: countIndex('separatorBytes') },
};

const newline = 10;
const work = workerData as Work;
const fd = openSync(work.path, constants.O_RDONLY | constants.O_NOFOLLOW);
const keptFd = work.keptPath === undefined ? undefined : openSync(work.keptPath, 'r+');
const rejectedFd = work.rejectedPath === undefined ? undefined : openSync(work.rejectedPath, 'r+');
const reader = new ChunkReader(fd, work.to, work.chunkBytes);
const turns = new Turns(work);
const done = new Int32Array(work.done);
const table = new Float64Array(work.counts);
/** Where what is kept of a damaged chunk is put together; used again for the next one. */
let whole = Buffer.alloc(0);

for (let chunk = turns.take(); chunk < work.chunks; chunk = turns.take()) judgeChunk(chunk);
for (const open of [fd, keptFd, rejectedFd]) if (open !== undefined) closeSync(open);

function judgeChunk(chunk: number): void {
  const start = work.from + chunk * work.chunkBytes;
  const lines = reader.read(start, Math.min(work.to, start + work.chunkBytes), chunk === 0);
  const counts = table.subarray(chunk * countWidth, (chunk + 1) * countWidth);
  counts.fill(0);
  const { kept, rejects } = judge(lines, counts);
  const [keptAt, rejectedAt, firstLine] = turns.begin(chunk);
  const judged: Judged = { bytes: lines.bytes, offset: lines.offset, firstLine };
  const recorded = recordBytes(rejects, judged);
  const long = lines.tooLongTo === undefined ? 0 : quarantineLong(lines, firstLine, counts, rejectedAt + recorded);
  turns.end(chunk, [keptAt + kept.length, rejectedAt + recorded + long, firstLine + counts[index.lines]!]);
  if (keptFd !== undefined) writeAll(keptFd, kept, keptAt);
  if (rejectedFd !== undefined) writeRecords(rejectedFd, rejects, judged, rejectedAt);
  tellSamples(rejects, judged);
  Atomics.store(done, chunk, 1);
}

/** What is kept is the very bytes that were read where nothing is wrong with them. */
function judge({ bytes, isAdded }: ChunkLines, counts: Float64Array): { kept: Buffer; rejects: Reject[] } {
  const rejects: Reject[] = [];
  /** Beginnings and ends, one after the other. */
  const ranges: number[] = [];
  /** Of those, the ones that need a newline. */
  const salvaged = new Set<number>();
  const add = (at: number, by: number): void => void (counts[at] = counts[at]! + by);
  const sink: LineSink = {
    keep(from, to, lines) {
      ranges.push(from, to);
      add(index.good, lines);
      add(index.kept, to - from - lines);
      add(index.separators, lines);
    },
    salvage(from, to) {
      salvaged.add(ranges.length);
      ranges.push(from, to);
      add(index.salvaged, 1);
      add(index.kept, to - from);
    },
    reject(line, from, to, reason) {
      rejects.push({ line, from, to, reason });
      add(countIndex(reason), 1);
      add(index.rejected, to - from);
    },
    separate: (count) => add(index.separators, count),
    blank: () => add(index.blank, 1),
    damaged: () => add(index.damaged, 1),
  };
  const lines = judgeLines(bytes, 0, bytes.length, isUtf8(bytes), sink);
  add(index.lines, lines);
  add(index.bytes, bytes.length - (isAdded ? 1 : 0));
  if (isAdded) add(index.separators, -1);
  const isOne = ranges.length === 2 && salvaged.size === 0;
  return { kept: isOne ? bytes.subarray(ranges[0], ranges[1]) : together(bytes, ranges, salvaged), rejects };
}

function together(bytes: Buffer, ranges: readonly number[], salvaged: ReadonlySet<number>): Buffer {
  const most = bytes.length + salvaged.size;
  if (whole.length < most) whole = Buffer.allocUnsafe(most);
  let at = 0;
  for (let n = 0; n < ranges.length; n += 2) {
    at += bytes.copy(whole, at, ranges[n], ranges[n + 1]);
    if (salvaged.has(n)) whole[at++] = newline;
  }
  return whole.subarray(0, at);
}

/** As pieces of the file: such a line is never held. Answers the bytes of its records. */
function quarantineLong({ bytes, offset, tooLongTo }: ChunkLines, firstLine: number, counts: Float64Array, at: number): number {
  const from = offset + bytes.length;
  const buffer = Buffer.allocUnsafe(pieceBytes);
  readSync(fd, buffer, 0, 1, tooLongTo! - 1);
  const end = buffer[0] === newline ? tooLongTo! - 1 : tooLongTo!;
  let written = 0;
  for (let next = from; next < end; next += pieceBytes) {
    const count = readSync(fd, buffer, 0, Math.min(pieceBytes, end - next), next);
    const rejects = [{ line: counts[index.lines]!, from: 0, to: count, reason: 'too-long' as const }];
    const judged: Judged = { bytes: buffer, offset: next, firstLine };
    if (rejectedFd !== undefined) writeRecords(rejectedFd, rejects, judged, at + written);
    written += recordBytes(rejects, judged);
    if (next === from) tellSamples(rejects, judged);
  }
  for (const [name, by] of [
    ['lines', 1],
    ['damaged', 1],
    ['too-long', 1],
    ['bytes', tooLongTo! - from],
    ['rejectedBytes', end - from],
    ['separatorBytes', tooLongTo! - end],
  ] as const) {
    counts[countIndex(name)] = counts[countIndex(name)]! + by;
  }
  return written;
}

function tellSamples(rejects: readonly Reject[], { bytes, offset, firstLine }: Judged): void {
  const told = new Map<RejectReason, number>();
  const samples = rejects.flatMap(({ line, from, to, reason }) => {
    const count = (told.get(reason) ?? 0) + 1;
    told.set(reason, count);
    if (count > samplesPerReason) return [];
    const begins = bytes.toString('latin1', from, Math.min(to, from + 60));
    return [{ line: firstLine + line, offset: offset + from, bytes: to - from, reason, begins }];
  });
  if (samples.length > 0) parentPort!.postMessage(samples, []);
}
