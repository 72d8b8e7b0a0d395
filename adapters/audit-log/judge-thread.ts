/** One of the threads that judge a log: takes chunks until none is left. */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { judgeLines, type LineSink } from '../../domain/audit-log/judge-lines.ts';
import { countIndex, countWidth, type RejectReason } from '../../domain/audit-log/repair-counts.ts';
import { ChunkReader, type ChunkLines } from './chunk-reader.ts';
import { Turns, type Work } from './chunk-work.ts';

interface Reject {
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: RejectReason;
  readonly piece: Buffer;
}

/** A piece is quarantined in records of at most so many bytes. */
const pieceBytes = 1024 * 1024;
const samplesPerReason = 3;
const index = {
  ...{ bytes: countIndex('bytes'), lines: countIndex('lines'), good: countIndex('good'), salvaged: countIndex('salvaged') },
  ...{ blank: countIndex('blank'), damaged: countIndex('damaged'), kept: countIndex('keptBytes') },
  ...{ rejected: countIndex('rejectedBytes'), separators: countIndex('separatorBytes') },
};

const newlineByte = Buffer.from([10]);
const work = workerData as Work;
const fd = openSync(work.path, constants.O_RDONLY | constants.O_NOFOLLOW);
const keptFd = work.keptPath === undefined ? undefined : openSync(work.keptPath, 'r+');
const rejectedFd = work.rejectedPath === undefined ? undefined : openSync(work.rejectedPath, 'r+');
const reader = new ChunkReader(fd, work.to, work.chunkBytes);
const turns = new Turns(work);
const done = new Int32Array(work.done);
const table = new Float64Array(work.counts);

for (let chunk = turns.take(); chunk < work.chunks; chunk = turns.take()) judgeChunk(chunk);
for (const open of [fd, keptFd, rejectedFd]) if (open !== undefined) closeSync(open);

function judgeChunk(chunk: number): void {
  const start = work.from + chunk * work.chunkBytes;
  const lines = reader.read(start, Math.min(work.to, start + work.chunkBytes), chunk === 0);
  const counts = table.subarray(chunk * countWidth, (chunk + 1) * countWidth);
  counts.fill(0);
  const { kept, rejects } = judge(lines, counts);
  const keptBytes = kept.reduce((sum, { length }) => sum + length, 0);
  const [keptAt, rejectedAt, firstLine] = turns.begin(chunk);
  const written = Buffer.from(rejects.map((reject) => recordsOf(reject, firstLine)).join(''));
  const quarantined =
    written.length + (lines.tooLongTo === undefined ? 0 : quarantineLong(lines, firstLine, counts, rejectedAt + written.length));
  turns.end(chunk, [keptAt + keptBytes, rejectedAt + quarantined, firstLine + counts[index.lines]!]);
  if (keptFd !== undefined) {
    let at = keptAt;
    for (const piece of kept) at += writeAll(keptFd, piece, at);
  }
  if (rejectedFd !== undefined) writeAll(rejectedFd, written, rejectedAt);
  tellSamples(rejects, firstLine);
  Atomics.store(done, chunk, 1);
}

/** What is kept as few buffers as may be: one of the whole chunk where nothing is wrong with it. */
function judge({ bytes, offset, isAdded }: ChunkLines, counts: Float64Array): { kept: Buffer[]; rejects: Reject[] } {
  const rejects: Reject[] = [];
  const kept: Buffer[] = [];
  const add = (at: number, by: number): void => void (counts[at] = counts[at]! + by);
  const sink: LineSink = {
    keep(from, to, lines) {
      kept.push(bytes.subarray(from, to));
      add(index.good, lines);
      add(index.kept, to - from - lines);
      add(index.separators, lines);
    },
    salvage(from, to) {
      kept.push(Buffer.concat([bytes.subarray(from, to), newlineByte]));
      add(index.salvaged, 1);
      add(index.kept, to - from);
    },
    reject(line, from, to, reason) {
      rejects.push({ line, offset: offset + from, bytes: to - from, reason, piece: bytes.subarray(from, to) });
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
  return { kept: kept.length > 1 ? [Buffer.concat(kept)] : kept, rejects };
}

/** As pieces of the file: such a line is never held. Answers the bytes of its records. */
function quarantineLong({ bytes, offset, tooLongTo }: ChunkLines, firstLine: number, counts: Float64Array, at: number): number {
  const from = offset + bytes.length;
  const piece = Buffer.allocUnsafe(pieceBytes);
  const last = Buffer.allocUnsafe(1);
  readSync(fd, last, 0, 1, tooLongTo! - 1);
  const end = last[0] === 10 ? tooLongTo! - 1 : tooLongTo!;
  let written = 0;
  for (let next = from; next < end; next += pieceBytes) {
    const count = readSync(fd, piece, 0, Math.min(pieceBytes, end - next), next);
    const reject: Reject = {
      ...{ line: counts[index.lines]!, offset: next, bytes: count, reason: 'too-long' as const },
      piece: piece.subarray(0, count),
    };
    const record = Buffer.from(recordsOf(reject, firstLine));
    if (rejectedFd !== undefined) writeAll(rejectedFd, record, at + written);
    written += record.length;
    if (next === from) tellSamples([reject], firstLine);
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

function recordsOf({ line, offset, reason, piece }: Reject, firstLine: number): string {
  let records = '';
  for (let at = 0; at < piece.length; at += pieceBytes) {
    const part = piece.subarray(at, at + pieceBytes);
    const head = { line: firstLine + line, offset: offset + at, bytes: part.length, reason };
    records += `${JSON.stringify({ ...head, base64: part.toString('base64') })}\n`;
  }
  return records;
}

function tellSamples(rejects: readonly Reject[], firstLine: number): void {
  const told = new Map<RejectReason, number>();
  const samples = rejects.flatMap(({ line, offset, bytes, reason, piece }) => {
    const count = (told.get(reason) ?? 0) + 1;
    told.set(reason, count);
    if (count > samplesPerReason) return [];
    return [{ line: firstLine + line, offset, bytes, reason, begins: piece.subarray(0, 60).toString('latin1') }];
  });
  if (samples.length > 0) parentPort!.postMessage(samples, []);
}

function writeAll(to: number, bytes: Buffer, at: number): number {
  for (let written = 0; written < bytes.length;) written += writeSync(to, bytes, written, bytes.length - written, at + written);
  return bytes.length;
}
