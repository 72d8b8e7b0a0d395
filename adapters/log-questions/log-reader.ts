/** Counts a log with all cores: one range of the file for each, read through one descriptor so that a swapped log changes nothing. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LogReader } from '../../activities/ports/log-questions.ts';
import { putTogether, type LogTally } from '../../domain/log-questions/tally.ts';
import { openFile } from '../files/read-files.ts';
import { tallyRange, type LogRange } from './tally-range.ts';

const usual = {
  threads: Math.min(8, availableParallelism()),
  /** Less than so many bytes are counted sooner than a thread starts. */
  perThread: 16 * 1024 * 1024,
};
const program = new URL('./tally-thread.ts', import.meta.url);

export function createLogReader({ threads, perThread } = usual): LogReader {
  return {
    async tally(log, asked, signal) {
      const { handle, facts } = await openFile(log);
      try {
        const size = facts.bytes;
        const first = Math.max(0, size - (asked.lastBytes ?? size));
        const parts = Math.max(1, Math.min(threads, Math.floor((size - first) / perThread)));
        const border = (n: number): number => first + Math.floor(((size - first) * n) / parts);
        const ranges = Array.from({ length: parts }, (_, n): LogRange => {
          return { fd: handle.fd, from: border(n), to: border(n + 1), size, asked };
        });
        const tallies = parts === 1 ? [tallyRange(ranges[0]!)] : await inThreads(ranges, signal);
        return { tally: tallies.reduce((all, next) => putTogether(all, next, asked)), bytes: size };
      } finally {
        await handle.close();
      }
    },
  };
}

/** The descriptor must outlive every thread that reads through it, also after a failure. */
async function inThreads(ranges: readonly LogRange[], signal: AbortSignal | undefined): Promise<LogTally[]> {
  const workers = ranges.map((range) => new Worker(program, { workerData: range }));
  const stop = (): void => workers.forEach((worker) => void worker.terminate());
  signal?.addEventListener('abort', stop);
  try {
    const answers = await Promise.all(workers.map(answerOf));
    signal?.throwIfAborted();
    return answers;
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

const answerOf = (worker: Worker): Promise<LogTally> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the counting of the log was stopped')));
  });
