/** The last commit in the archived log, found by `pg_waldump` from its end backwards. */
import { fileBefore } from '../../domain/postgres/log-files.ts';
import type { LogPlace } from '../../domain/postgres/recoverable-window.ts';
import type { ClusterPrograms } from './cluster-programs.ts';
import { runTool } from '../process/run-tool.ts';
import { join } from 'node:path';

/** Files without a commit are rare: a server that rests closes none. */
const mostFiles = 64;
const commit =
  /\blsn: ([0-9A-F]+\/[0-9A-F]+), .*desc: COMMIT(?: PREPARED)? .*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) UTC/;

export interface LogReading extends ClusterPrograms {
  readonly fileBytes: number;
  /** Absolute path of a file of the log as PostgreSQL wrote it; undefined where it is not there. */
  fetch(name: string): Promise<string | undefined>;
  readonly signal?: AbortSignal | undefined;
}

export async function lastCommitUpTo(newest: string, reading: LogReading): Promise<LogPlace | undefined> {
  let name: string | undefined = newest;
  for (let looked = 0; name !== undefined && looked < mostFiles; looked++) {
    const path = await reading.fetch(name);
    if (path === undefined) return undefined;
    const found = await lastCommitIn(path, reading);
    if (found) return found;
    name = fileBefore(name, reading.fileBytes);
  }
  return undefined;
}

async function lastCommitIn(path: string, { bin, owner, signal }: LogReading): Promise<LogPlace | undefined> {
  let last: LogPlace | undefined;
  // It ends with an error where a record goes on in the next file: what it printed until then counts.
  await runTool({
    program: join(bin, 'pg_waldump'),
    args: ['--rmgr=Transaction', path],
    ...{ owner, signal, folder: '/' },
    take(line) {
      const [, position, at] = commit.exec(line) ?? [];
      if (position !== undefined && at !== undefined) last = { position, at: `${at.slice(0, 10)}T${at.slice(11, 23)}Z` };
    },
  });
  return last;
}
