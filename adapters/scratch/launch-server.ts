/** Starts a restored server in the folder of its job, and keeps what it says. */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { fail } from '../../domain/fail.ts';
import { asOwner } from '../process/run-as-owner.ts';

export interface ServerProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** In a session of its own: it lives as long as its job, not as long as whoever started it. */
export async function launchServer(folder: ScratchFolder, { program, args, env }: ServerProgram): Promise<void> {
  const log = await open(logOf(folder), 'a', 0o600);
  try {
    const stdio = ['ignore', log.fd, log.fd] as const;
    const child = spawn(program, args, { ...asOwner(folder.owner), cwd: folder.data, env, detached: true, stdio: [...stdio] });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
  } finally {
    await log.close();
  }
}

export const serverLog = (folder: ScratchFolder): Promise<string> => readFile(logOf(folder), 'utf8');

export const notUp = (said: string) =>
  fail('scratch-server-failed', {
    en: `The restored server did not come up: ${said || 'it ended without a word'}`,
    ja: `復元したサーバーが起動しませんでした: ${said || '(出力なし)'}`,
  });

const logOf = ({ path }: ScratchFolder): string => join(path, 'server.log');
