/** Judges a log with every core: threads take chunks in turn, and each writes its part of the output at its own place. */
import { constants } from 'node:fs';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Built, Judged, LogPart, LogRepair, MergeSources, RepairOutput, Sample } from '../../activities/ports/log-repair.ts';
import type { Place } from '../../activities/ports/file-tree.ts';
import type { MergeCounts } from '../../domain/audit-log/merge.ts';
import { addCounts, countsFrom, countWidth, noCounts, type RepairCounts } from '../../domain/audit-log/repair-counts.ts';
import { inside } from '../files/inside.ts';
import { openFile } from '../files/read-files.ts';
import { baseWidth, bytesPerChunk, type Work } from './chunk-work.ts';

/** Large enough that turns cost nothing, small enough that few of them are in memory at once. */
const chunkBytes = 1024 * 1024;
const mostThreads = 8;
/** A thread leaves its garbage lying for long when it may: what it really needs is a chunk and its pieces. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };
const judgeThread = new URL('./judge-thread.ts', import.meta.url);
const mergeThread = new URL('./merge-thread.ts', import.meta.url);
const hashThread = new URL('./hash-thread.ts', import.meta.url);
const noteMs = 250;
const samplesPerReason = 3;

/** How far an attempt came: everything before `chunk` is written. */
interface Progress {
  readonly of: string;
  readonly chunk: number;
  readonly base: readonly [number, number, number];
  readonly counts: RepairCounts;
  readonly samples: readonly Sample[];
}

export function createLogRepair(): LogRepair {
  return {
    scanLog: async (part, signal) => (await run(part, { keptAt: 0, rejectedAt: 0 }, signal)).judged,

    async buildRepaired(part, output, signal) {
      const { kept, rejected } = output;
      if (kept !== undefined) await openOutput(kept);
      await openOutput(rejected);
      const { judged, ends, resumedAt } = await run(part, output, signal);
      if (kept !== undefined) await finish(kept, ends[0]);
      await finish(rejected, ends[1]);
      return { ...judged, keptBytes: ends[0], rejectedBytes: ends[1], resumedAt } satisfies Built;
    },

    scanMerge: (sources, signal) => runThread<MergeCounts>(mergeThread, { ...mergePaths(sources), rejectedAt: 0 }, signal),

    async mergeLogs(sources, { kept, rejected, rejectedAt }, signal) {
      await openOutput(kept);
      await openOutput(rejected);
      const work = { ...mergePaths(sources), kept: inside(kept), rejected: inside(rejected), rejectedAt };
      const counts = await runThread<MergeCounts>(mergeThread, work, signal);
      await finish(kept, counts.keptBytes);
      await finish(rejected, counts.rejectedBytes);
      return counts;
    },

    async readHash(place, upTo, signal) {
      await (await openFile(place)).handle.close();
      return runThread<string>(hashThread, { path: inside(place), upTo }, signal);
    },
  };
}

const mergePaths = ({ backup, live }: MergeSources) => ({ backup: inside(backup), live: live && inside(live) });

type Output = Pick<RepairOutput, 'keptAt' | 'rejectedAt'> & Partial<RepairOutput>;
interface Ran {
  readonly judged: Judged;
  readonly ends: readonly [number, number];
  readonly resumedAt: number;
}

async function run(part: LogPart, output: Output, signal?: AbortSignal): Promise<Ran> {
  const { handle, facts } = await openFile(part.place);
  await handle.close();
  const of = [await bootId(), facts.version.split(':').slice(0, 2).join(':'), part.from, part.to, part.firstLine].join(' ');
  const chunks = Math.ceil((part.to - part.from) / chunkBytes);
  const earlier = await readProgress(output, of);
  const work: Work = {
    ...{ path: inside(part.place), from: part.from, to: part.to, chunkBytes, chunks },
    keptPath: output.kept && inside(output.kept),
    rejectedPath: output.rejected && inside(output.rejected),
    turns: new SharedArrayBuffer(8),
    bases: new SharedArrayBuffer(bytesPerChunk.base * (chunks + 1)),
    counts: new SharedArrayBuffer(bytesPerChunk.counts * chunks),
    done: new SharedArrayBuffer(bytesPerChunk.done * chunks),
  };
  const first = earlier?.chunk ?? 0;
  new Int32Array(work.turns).fill(first);
  new Float64Array(work.bases).set(earlier?.base ?? [output.keptAt, output.rejectedAt, part.firstLine], first * baseWidth);
  new Int32Array(work.done).fill(1, 0, first);
  let samples = earlier?.samples ?? [];
  const noted = (): Progress => progressOf(work, of, samples, earlier?.counts ?? noCounts, first);
  let isNoting = false;
  const note = async (): Promise<void> => {
    if (output.progress === undefined || isNoting) return;
    isNoting = true;
    await writeProgress(output.progress, noted()).finally(() => (isNoting = false));
  };
  const timer = setInterval(() => void note().catch(() => undefined), noteMs);
  const threads = Math.min(mostThreads, availableParallelism(), chunks - first);
  const ended = new AbortController();
  try {
    await Promise.all(
      Array.from({ length: threads }, () =>
        runThread<undefined>(judgeThread, work, anyOf(signal, ended.signal), (news) => {
          samples = firstOfEach([...samples, ...(news as Sample[])]);
        }).catch((error: unknown) => {
          // Others may wait for a turn that never comes.
          ended.abort(error);
          throw error;
        }),
      ),
    );
  } finally {
    clearInterval(timer);
  }
  const end = noted();
  await note();
  return {
    judged: { counts: end.counts, samples: end.samples },
    ends: [end.base[0], end.base[1]],
    resumedAt: part.from + Math.min(first * chunkBytes, part.to - part.from),
  };
}

function progressOf(work: Work, of: string, samples: readonly Sample[], before: RepairCounts, first: number): Progress {
  const done = new Int32Array(work.done);
  let chunk = first;
  while (chunk < work.chunks && Atomics.load(done, chunk) === 1) chunk++;
  const table = new Float64Array(work.counts);
  let counts = before;
  for (let n = first; n < chunk; n++) {
    counts = addCounts(counts, countsFrom(table.subarray(n * countWidth, (n + 1) * countWidth)));
  }
  const base = new Float64Array(work.bases).subarray(chunk * baseWidth, (chunk + 1) * baseWidth);
  return { of, chunk, base: [base[0]!, base[1]!, base[2]!], counts, samples: samples.filter(({ line }) => line < base[2]!) };
}

/** The first few of each reason, by their place, whichever thread told them first. */
function firstOfEach(samples: readonly Sample[]): Sample[] {
  const seen = new Map<string, number>();
  return samples
    .toSorted((a, b) => a.offset - b.offset)
    .filter(({ reason }) => {
      const count = (seen.get(reason) ?? 0) + 1;
      seen.set(reason, count);
      return count <= samplesPerReason;
    });
}

/** What a kernel has in its cache is lost with it, so that progress counts only until the next boot. */
const bootId = (): Promise<string> =>
  readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (id) => id.trim(),
    () => 'unknown',
  );

async function readProgress({ progress, kept, rejected }: Output, of: string): Promise<Progress | undefined> {
  if (progress === undefined) return undefined;
  const text = await readFile(inside(progress), 'utf8').catch(() => '{}');
  const earlier = JSON.parse(text) as Partial<Progress>;
  if (earlier.of !== of || earlier.base === undefined) return undefined;
  const isThere = async (place: Place | undefined, bytes: number): Promise<boolean> => {
    if (place === undefined) return true;
    const { handle, facts } = await openFile(place);
    await handle.close();
    return facts.bytes >= bytes;
  };
  return (await isThere(kept, earlier.base[0])) && (await isThere(rejected, earlier.base[1])) ? (earlier as Progress) : undefined;
}

async function writeProgress(place: Place, progress: Progress): Promise<void> {
  const path = inside(place);
  await writeFile(`${path}.new`, JSON.stringify(progress), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Makes it when it is not there; what is in it may be an earlier attempt's. */
async function openOutput(place: Place): Promise<void> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  await (await open(inside(place), O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)).close();
}

async function finish(place: Place, bytes: number): Promise<void> {
  const handle = await open(inside(place), constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const anyOf = (...signals: (AbortSignal | undefined)[]): AbortSignal =>
  AbortSignal.any(signals.filter((signal) => signal !== undefined));

/** Ends with the thread; answers the last that it said. */
function runThread<T>(program: URL, data: unknown, signal?: AbortSignal, onNews?: (news: unknown) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData: data, resourceLimits });
    let last: unknown;
    const stop = (): void => {
      void worker.terminate();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (news: unknown) => {
      last = news;
      onNews?.(news);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      if (code === 0) resolve(last as T);
      else reject(new Error(`${program.pathname} ended with ${code}`));
    });
    if (signal?.aborted) stop();
  });
}
